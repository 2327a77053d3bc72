package desk

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
)

// A kept hash opens with its password alone, whatever keyboard typed it.
func TestPasswords(t *testing.T) {
	p := NewPasswords()
	kept, err := p.hash(t.Context(), "caf\u00e9 au lait, please")
	if err != nil || !strings.HasPrefix(kept, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%q, %v", kept, err)
	}
	for typed, want := range map[string]bool{"caf\u00e9 au lait, please": true, "cafe\u0301 au lait, please": true, "cafe au lait, please": false, "": false} {
		if ok, old, err := p.matches(t.Context(), kept, typed); ok != want || old || err != nil {
			t.Errorf("%q: %v, old %v, %v", typed, ok, old, err)
		}
	}
	for _, broken := range []string{"", "x", strings.Replace(kept, "m=19456", "m=999999999", 1), strings.Replace(kept, "t=2", "t=0", 1), kept[:40]} {
		if ok, _, err := p.matches(t.Context(), broken, "caf\u00e9 au lait, please"); ok || err != nil {
			t.Errorf("%q is opened: %v, %v", broken, ok, err)
		}
	}
	old := encoded([]byte("saltsaltsalt"), random(32), 64, 1, 1)
	if _, stale, _ := p.matches(t.Context(), old, "x"); !stale {
		t.Error("a cheap hash would be kept for ever")
	}
}

// A wave of sign-ins must not take the memory of a process that answers people: two
// passwords at once, and who leaves does not wait.
func TestTwoHashesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPasswords()
		for range hashesAtOnce {
			if err := p.enter(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		ctx, leave := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { _, err := p.hash(ctx, "x"); done <- err }()
		synctest.Wait()
		select {
		case err := <-done:
			t.Fatalf("a third was made at once: %v", err)
		default:
		}
		leave()
		if err := <-done; err == nil {
			t.Error("who left has a hash")
		}
	})
}

// What stands in the store is never a reason to fall over, nor to take all memory.
func FuzzHash(f *testing.F) {
	f.Add(NewPasswords().decoy)
	f.Add("$argon2id$v=19$m=1,t=1,p=1$$")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, kept string) {
		h, err := decode(kept)
		if err == nil && (h.memory > mostMemory || h.passes == 0 || h.passes > mostPasses || h.lanes == 0 || len(h.sum) == 0) {
			t.Errorf("%q asks for %+v", kept, h)
		}
	})
}
