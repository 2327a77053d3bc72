package redisstore

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"heard/bot"
	"heard/channels"
)

// heldRing is what an instance holds of its only provider's keys.
func heldRing(b *backend) *keyring {
	for _, r := range b.readers {
		return r.held.Load()
	}
	return nil
}

func configKey(b byte) []byte { return bytes.Repeat([]byte{b}, keyLength) }

// Two instances that start at once on an empty store must agree on its keys, or
// one of them writes what nobody can read.
func TestKeyringIsMadeOnce(t *testing.T) {
	e := startEmbedded(t)
	o := testOptions(newClient(t, e.URL()), Ephemeral, nil)
	ids := make([]bot.ConversationID, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			s, err := Open(context.Background(), o)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = heldRing(s.backend).conversationID(channels.SMS, "+447700900999", "+447700900123")
		})
	}
	all.Wait()
	for _, id := range ids[1:] {
		if id != ids[0] {
			t.Fatal("two instances look one person up under two names")
		}
	}
}

// Changing the configuration's key must cost nobody their case, and after it the
// old key opens nothing.
func TestConfigKeyIsChanged(t *testing.T) {
	ctx := context.Background()
	e := startEmbedded(t)
	o := testOptions(newClient(t, e.URL()), Ephemeral, nil)
	p := o.Providers[0]
	old, fresh := configKey(1), configKey(2)
	o.ConfigKeys = [][]byte{old}
	s := openStore(t, o)
	conv := &bot.Conversation{ID: "somebody", Address: "+447700900123"}
	if _, err := s.Commit(ctx, bot.Turn{Provider: p, ID: "t", Ops: []bot.Op{bot.PutConversation{Conversation: conv}}}); err != nil {
		t.Fatal(err)
	}
	o.ConfigKeys = [][]byte{fresh}
	if _, err := Open(ctx, o); err == nil || !strings.Contains(err.Error(), "keys") {
		t.Fatalf("opened without the key, or the error does not name the setting: %v", err)
	}
	o.ConfigKeys = [][]byte{fresh, old}
	if err := openStore(t, o).RewrapKeys(ctx); err != nil {
		t.Fatal(err)
	}
	o.ConfigKeys = [][]byte{fresh}
	v, err := openStore(t, o).LookupID(ctx, p, conv.ID)
	if err != nil || v.Conversation.Address != conv.Address {
		t.Fatalf("a conversation was lost with the old key: %v", err)
	}
	o.ConfigKeys = [][]byte{old}
	if _, err := Open(ctx, o); err == nil {
		t.Fatal("the old key still opens the store")
	}
}

// A sealed value that is put in another's place does not open: nobody reads one
// person's words as another's.
func TestSealedValueIsBoundToItsPlace(t *testing.T) {
	k, err := newSealer(7, configKey(1))
	if err != nil {
		t.Fatal(err)
	}
	at := place{"stmarys", kindEntry, "H-1/e"}
	sealed := k.seal(at, []byte("words"))
	if plain, err := k.open(at, sealed); err != nil || string(plain) != "words" {
		t.Fatalf("open: %v", err)
	}
	for _, other := range []place{{"other", kindEntry, "H-1/e"}, {"stmarys", kindCase, "H-1/e"}, {"stmarys", kindEntry, "H-2/e"}} {
		if _, err := k.open(other, sealed); !errors.Is(err, errSealed) {
			t.Errorf("opened as %s of another record: %v", other.kind, err)
		}
	}
	for i := range sealed {
		broken := bytes.Clone(sealed)
		broken[i] ^= 1
		if _, err := k.open(at, broken); err == nil {
			t.Errorf("opened with byte %d changed", i)
		}
		if _, err := k.open(at, sealed[:i]); err == nil {
			t.Errorf("opened when cut to %d bytes", i)
		}
	}
	if bytes.Equal(sealed, k.seal(at, []byte("words"))) {
		t.Error("equal words are sealed to equal bytes")
	}
}

// The desk holds no key that leads from a case to a person.
func TestDeskCannotReachThePerson(t *testing.T) {
	ctx := context.Background()
	e := startEmbedded(t)
	o := testOptions(newClient(t, e.URL()), Ephemeral, nil)
	p := o.Providers[0]
	s := openStore(t, o)
	desk, err := OpenDesk(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	at := place{p, kindHandle, "handle"}
	link := heldRing(s.backend).closed.seal(at, []byte("conversation"))
	if _, err := heldRing(desk.backend).data.open(at, link); err == nil {
		t.Fatal("the desk opens the link from a case to its person")
	}
	if _, err := heldRing(s.backend).closed.open(at, link); err != nil {
		t.Fatal(err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, o := range map[string]Options{
		"no key":       {URL: "redis://127.0.0.1:1", Providers: []bot.ProviderID{"a"}},
		"short key":    {URL: "redis://127.0.0.1:1", ConfigKeys: [][]byte{make([]byte, 16)}},
		"provider":     {URL: "redis://127.0.0.1:1", ConfigKeys: [][]byte{configKey(1)}, Providers: []bot.ProviderID{"a}:{b"}},
		"no address":   {ConfigKeys: [][]byte{configKey(1)}},
		"nobody there": {URL: "redis://127.0.0.1:1", ConfigKeys: [][]byte{configKey(1)}},
	} {
		if _, err := Open(context.Background(), o); err == nil {
			t.Errorf("%s: opened", name)
		}
		if name == "nobody there" {
			continue
		}
		if _, err := OpenDesk(context.Background(), o); err == nil {
			t.Errorf("%s: desk opened", name)
		}
	}
}

// Two operators who change keys at once must not mix what they read.
func TestRewrapIsRefusedOverAnother(t *testing.T) {
	e := startEmbedded(t)
	o := testOptions(newClient(t, e.URL()), Ephemeral, nil)
	s := openStore(t, o)
	_, err := scriptRewrap.run(context.Background(), s.rdb, prefix(o.Providers[0]), fieldIndex, "something else", "new")
	if !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("a keyring was written over: %v", err)
	}
	openStore(t, o)
}
