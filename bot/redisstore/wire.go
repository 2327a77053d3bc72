package redisstore

import (
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// Records are CBOR with integer keys behind a format byte, inside the seal. Times
// are written in full: a conversation's last message is compared by them.
const wireFormat = 1

var errWire = errors.New("a record has a format this version does not know")

// encoding is how records are written and read. Text that is not UTF-8 is read
// as it is: one bad byte must not make a person's words unreadable.
type encoding struct {
	enc cbor.EncMode
	dec cbor.DecMode
}

func newEncoding() (encoding, error) {
	enc, err := cbor.EncOptions{Time: cbor.TimeRFC3339NanoUTC}.EncMode()
	if err != nil {
		return encoding{}, fmt.Errorf("encoding of records: %w", err)
	}
	dec, err := cbor.DecOptions{UTF8: cbor.UTF8DecodeInvalid}.DecMode()
	if err != nil {
		return encoding{}, fmt.Errorf("decoding of records: %w", err)
	}
	return encoding{enc, dec}, nil
}

func (e encoding) marshal(record any) ([]byte, error) {
	body, err := e.enc.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", record, err)
	}
	return append([]byte{wireFormat}, body...), nil
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
