package redisstore

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// Records are CBOR with integer keys behind a format byte, inside the seal. Times
// are written in full: a conversation's last message is compared by them.
const wireFormat = 1

var errWire = errors.New("a record has a format this version does not know")

// encoding is how records are written and read. Text that is not UTF-8 is read
// as it is: one bad byte must not make a person's words unreadable.
type encoding struct {
	enc  cbor.UserBufferEncMode
	dec  cbor.DecMode
	room *sync.Pool // of *bytes.Buffer
}

func newEncoding() (encoding, error) {
	enc, err := cbor.EncOptions{Time: cbor.TimeRFC3339NanoUTC}.UserBufferEncMode()
	if err != nil {
		return encoding{}, fmt.Errorf("encoding of records: %w", err)
	}
	dec, err := cbor.DecOptions{UTF8: cbor.UTF8DecodeInvalid}.DecMode()
	if err != nil {
		return encoding{}, fmt.Errorf("decoding of records: %w", err)
	}
	return encoding{enc, dec, &sync.Pool{New: func() any { return new(bytes.Buffer) }}}, nil
}

func (e encoding) marshal(record any) (data []byte, err error) {
	err = e.with(record, func(encoded []byte) { data = bytes.Clone(encoded) })
	return data, err
}

// with has something done with an encoded record, which is there only meanwhile.
func (e encoding) with(record any, do func(encoded []byte)) error {
	buf := e.room.Get().(*bytes.Buffer)
	defer e.room.Put(buf)
	buf.Reset()
	_ = buf.WriteByte(wireFormat) // never fails
	if err := e.enc.MarshalToBuffer(record, buf); err != nil {
		return fmt.Errorf("encode %T: %w", record, err)
	}
	do(buf.Bytes())
	return nil
}

func (e encoding) unmarshal(data []byte, record any) error {
	if len(data) == 0 || data[0] != wireFormat {
		return errWire
	}
	if err := e.dec.Unmarshal(data[1:], record); err != nil {
		return fmt.Errorf("decode %T: %w", record, err)
	}
	return nil
}
