package flows

import (
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// formatCBOR is the first byte of an encoded State, so that another encoding can
// follow while sessions of the old one are still read.
const formatCBOR = 1

// decoding takes texts as they are: what a person sent need not be valid UTF-8,
// and must not make their session unreadable.
var decoding = func() cbor.DecMode {
	m, err := cbor.DecOptions{UTF8: cbor.UTF8DecodeInvalid}.DecMode()
	if err != nil {
		panic(err) // the options are constant
	}
	return m
}()

// Encode writes a State: a format byte and CBOR with integer keys.
func Encode(st *State) ([]byte, error) {
	body, err := cbor.Marshal(st)
	if err != nil {
		return nil, fmt.Errorf("encode a session: %w", err)
	}
	return append([]byte{formatCBOR}, body...), nil
}

// Decode reads a State; no bytes are a person who has never written.
func Decode(data []byte) (State, error) {
	var st State
	if len(data) == 0 {
		return st, nil
	}
	if data[0] != formatCBOR {
		return st, fmt.Errorf("decode a session: format %d is not known to this version of heard", data[0])
	}
	if err := decoding.Unmarshal(data[1:], &st); err != nil {
		return st, fmt.Errorf("decode a session: %w", err)
	}
	return st, nil
}
