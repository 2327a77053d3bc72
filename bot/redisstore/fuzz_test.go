package redisstore

import (
	"testing"

	"heard/bot"
)

// FuzzStored reads any bytes as what the store holds: a damaged value is an
// error, never a panic that takes every person's conversation with it.
func FuzzStored(f *testing.F) {
	k, err := newSealer(1, configKey(1))
	if err != nil {
		f.Fatal(err)
	}
	wire, err := newEncoding()
	if err != nil {
		f.Fatal(err)
	}
	wrap, err := newWrapper([][]byte{configKey(1)})
	if err != nil {
		f.Fatal(err)
	}
	at := place{"stmarys", kindConversation, "id"}
	plain, err := wire.marshal(&bot.Conversation{Address: "+447700900123", Session: []byte("session")})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(k.seal(at, plain))
	f.Add(plain)
	f.Add(wrap.wrap("stmarys", fieldIndex, configKey(2)))
	f.Add([]byte{sealFormat, 0, 1})
	f.Add([]byte{})
	set := &keyset{use: k, keys: map[uint16]sealer{1: k}}
	f.Fuzz(func(t *testing.T, data []byte) {
		if opened, err := set.open(at, data); err == nil && string(opened) != string(plain) {
			t.Fatal("something that was never sealed opened")
		}
		_, _ = wrap.unwrap("stmarys", fieldIndex, data)
		var c bot.Conversation
		_ = wire.unmarshal(data, &c)
		var l bot.Timer
		_ = wire.unmarshal(data, &l)
	})
}
