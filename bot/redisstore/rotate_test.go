package redisstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"heard/bot"
	"heard/bot/storetest"
	"heard/channels"
)

// onBoth runs a test on a real Redis and on the embedded one.
func onBoth(t *testing.T, test func(t *testing.T, o Options)) {
	t.Run("redis", func(t *testing.T) {
		test(t, testOptions(newClient(t, storetest.StartRedis(t).URL()), Strict, nil))
	})
	t.Run("embedded", func(t *testing.T) {
		test(t, testOptions(newClient(t, startEmbedded(t).URL()), Ephemeral, nil))
	})
}

func silent(Rotation) {}

// talk is a person in conversation: each turn writes every kind of thing that is
// sealed with a key of the keyring.
type talk struct {
	store *Store
	conv  *bot.Conversation
	c     *bot.Case
	turns int
	sent  map[string]bool
}

func begin(s *Store, name string) (*talk, error) {
	conv := &bot.Conversation{ID: bot.ConversationID(name), Channel: channels.SMS, Sender: "+447700900999", Address: "+447700900123"}
	c := &bot.Case{Ref: bot.CaseRef("H-" + name), Handle: bot.Handle("handle-" + name), Status: bot.Open}
	conv.Case, conv.Handle = c.Ref, c.Handle
	k := &talk{store: s, conv: conv, c: c, sent: map[string]bool{}}
	_, err := s.Commit(context.Background(), bot.Turn{Provider: provider(s), ID: bot.TurnID(rand.Text()), Ops: []bot.Op{
		bot.PutConversation{Conversation: conv}, bot.PutCase{Case: c, Conversation: conv.ID},
		bot.Audit{Record: bot.AuditRecord{Did: "begin", Case: c.Ref}},
	}})
	return k, err
}

// keptTurns is after how many turns all that is kept is erased.
const keptTurns = 20

// turn commits one turn of two messages, and settles one.
func (k *talk) turn() error {
	k.turns++
	n := fmt.Sprint(k.turns)
	k.conv.Session = []byte(n)
	var ops []bot.Op
	if k.turns%keptTurns == 0 {
		ops = append(ops, bot.EraseKept{Conversation: k.conv.ID})
	}
	done, err := k.store.Commit(context.Background(), bot.Turn{
		Provider: provider(k.store), ID: bot.TurnID(rand.Text()), Message: channels.MessageID(string(k.conv.ID) + n),
		Ops: append(ops,
			bot.PutConversation{Conversation: k.conv}, bot.PutCase{Case: k.c},
			bot.Append{Case: k.c, Entry: bot.Entry{ID: bot.EntryID("e" + n), Text: n}},
			bot.KeepWith{Conversation: k.conv.ID, Entry: bot.Entry{ID: bot.EntryID("w" + n), Text: n}},
			bot.Enqueue{Conversation: k.conv.ID, Message: bot.Message{Task: bot.TaskID(string(k.conv.ID) + n), Text: n}},
			bot.AddTask{Task: bot.StaffTask{ID: fmt.Sprint(k.conv.ID, k.turns%keptTurns), Case: k.c.Ref, Text: n}},
			bot.AddAnswers{Answers: []bot.StatementAnswer{{Month: "2026-11", Answer: string(k.conv.ID) + n}}},
		),
	})
	if err != nil || k.turns%2 == 0 {
		return err
	}
	results := []bot.SendResult{bot.Accepted, bot.SetAside, bot.Again}
	for _, l := range done.Leases {
		end := bot.Settlement{Result: results[k.turns/2%len(results)], Sentence: "No.", After: time.Hour}
		if _, err := k.store.Settle(context.Background(), l, end); err != nil {
			return err
		}
	}
	return nil
}

// whole reads back all that was said, by another instance.
func (k *talk) whole(t *testing.T, s *Store, d *Desk) {
	t.Helper()
	ctx, p := context.Background(), provider(s)
	v, err := s.LookupID(ctx, p, k.conv.ID)
	if err != nil || string(v.Conversation.Session) != fmt.Sprint(k.turns) || v.Case == nil {
		t.Fatalf("session %q after %d turns: %v", v.Conversation.Session, k.turns, err)
	}
	c, id, err := s.Case(ctx, p, k.c.Ref)
	if err != nil || id != k.conv.ID {
		t.Fatalf("the link from a case to its person is lost: %v", err)
	}
	if entries, err := d.Timeline(ctx, p, c); err != nil || len(entries) != k.turns {
		t.Fatalf("%d entries of %d turns: %v", len(entries), k.turns, err)
	}
	if kept, err := s.Kept(ctx, p, k.conv.ID); err != nil || len(kept) != k.turns%keptTurns+min(1, k.turns/keptTurns) {
		t.Fatalf("%d kept after turn %d: %v", len(kept), k.turns, err)
	}
	if _, err := s.Aside(ctx, p, k.conv.ID); err != nil {
		t.Fatal(err)
	}
	if lines, err := d.AuditTrail(ctx, p, 1, 100); err != nil || len(lines) == 0 || slices.ContainsFunc(lines, func(l bot.AuditLine) bool { return l.Broken }) {
		t.Fatalf("the audit log is not whole: %v", err)
	}
}

// Keys are changed while people are in conversation: nobody loses a word, and
// afterwards nothing that is stored opens with an old key.
func TestRotationLosesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, p := context.Background(), o.Providers[0]
		s, other := openStore(t, o), openStore(t, o)
		desk, err := OpenDesk(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := desk.Put(ctx, p, "members", bot.Drawn{ID: "m"}, 0); err != nil {
			t.Fatal(err)
		}
		before := *heldRing(s.backend)
		var talks []*talk
		for i := range 6 {
			k, err := begin([]*Store{s, other}[i%2], fmt.Sprint("person", i))
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if err := k.turn(); err != nil {
					t.Fatal(err)
				}
			}
			talks = append(talks, k)
		}
		stranger := bot.KeepWith{Conversation: "stranger", Entry: bot.Entry{ID: "e", Text: "words"}}
		if _, err := s.Commit(ctx, bot.Turn{Provider: p, ID: "stranger", Ops: []bot.Op{stranger}}); err != nil {
			t.Fatal(err)
		}
		var stop atomic.Bool
		var all sync.WaitGroup
		started := make(chan struct{}, 100)
		for _, k := range talks[:5] { // the last is silent meanwhile
			all.Go(func() {
				for !stop.Load() {
					if err := k.turn(); err != nil {
						t.Errorf("a turn during the rotation: %v", err)
						return
					}
					select {
					case started <- struct{}{}:
					default:
					}
				}
			})
		}
		<-started
		for range 3 {
			err := s.RotateKeys(ctx, p, time.Minute, func(at Rotation) {
				if at.Stage == Waiting { // as both do by themselves after refreshAfter
					if err := errors.Join(other.readers[p].refresh(ctx), desk.readers[p].refresh(ctx)); err != nil {
						t.Error(err)
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		stop.Store(true)
		all.Wait()
		for _, k := range talks {
			k.whole(t, openStore(t, o), desk)
		}
		if tasks, err := desk.StaffTasks(ctx, p, 1_000_000); err != nil || len(tasks) == 0 {
			t.Fatalf("%d staff tasks: %v", len(tasks), err)
		}
		total := 0
		for _, k := range talks {
			total += k.turns
		}
		if answers, err := desk.Answers(ctx, p, "2026-11"); err != nil || len(answers) != total {
			t.Fatalf("%d answers of %d: %v", len(answers), total, err)
		}
		if n := sealedWith(t, o.Client, p, &before); n != 0 {
			t.Fatalf("%d values still open with a key that was dropped", n)
		}
		if now := heldRing(openStore(t, o).backend); now.hash("x") != before.hash("x") {
			t.Fatal("the index key changed: everybody who comes back is a stranger")
		}
	})
}

// What waits for a person for days, or may come back, is sealed again as all else
// is: else the day they write, nobody can read what was to be said.
func TestRotationReachesWhatWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, p := context.Background(), o.Providers[0]
		s := openStore(t, o)
		k, err := begin(s, "somebody")
		if err != nil {
			t.Fatal(err)
		}
		before := *heldRing(s.backend)
		turn := bot.Turn{Provider: p, ID: "turn"}
		for _, task := range []bot.TaskID{"waits", "taken", "next"} {
			turn.Ops = append(turn.Ops, bot.Enqueue{Conversation: k.conv.ID, Message: bot.Message{Task: task, Text: string(task)}})
		}
		done, err := s.Commit(ctx, turn)
		if err != nil {
			t.Fatal(err)
		}
		next := &done.Leases[0]
		for _, end := range []bot.Settlement{{Result: bot.Parked}, {Result: bot.Accepted, Keep: true}} {
			if next, err = s.Settle(ctx, *next, end); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.RotateKeys(ctx, p, time.Minute, func(Rotation) {}); err != nil {
			t.Fatal(err)
		}
		if n := sealedWith(t, o.Client, p, &before); n != 0 {
			t.Fatalf("%d values still open with a key that was dropped", n)
		}
		if next, err = s.Settle(ctx, *next, bot.Settlement{Result: bot.Opened}); err != nil || next.Message.Text != "waits" {
			t.Fatalf("what waited is not read: %v", err)
		}
	})
}

// An instance that did not read its keys again would not open what the new ones
// seal: the rotation waits for it, and goes on only when it has read them or is
// known to be gone. One that wakes up after that seals nothing with what is gone.
func TestInstanceBehindHoldsRotation(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		clock := storetest.NewClock()
		o.Clock = clock.Now
		ctx, p := context.Background(), o.Providers[0]
		s, frozen := openStore(t, o), openStore(t, o)
		k, err := begin(frozen, "somebody")
		if err != nil {
			t.Fatal(err)
		}
		before := *heldRing(s.backend)
		done, err := frozen.Commit(ctx, bot.Turn{Provider: p, ID: "lease", Ops: []bot.Op{
			bot.Enqueue{Conversation: k.conv.ID, Message: bot.Message{Task: "given-up", Text: "words"}},
		}})
		if err != nil || len(done.Leases) != 1 {
			t.Fatalf("%d leases: %v", len(done.Leases), err)
		}
		for range 2 { // and a second run is held just the same
			if err := s.RotateKeys(ctx, p, 0, silent); !errors.Is(err, ErrInstancesBehind) {
				t.Fatalf("the rotation did not wait for an instance: %v", err)
			}
			if now := heldRing(s.backend); now.sealing != before.sealing || len(now.closed.keys) != 2 {
				t.Fatalf("%q seals, %d keys, while an instance is behind", now.sealing, len(now.closed.keys))
			}
		}
		if err := k.turn(); err != nil {
			t.Fatalf("people are not answered while a rotation waits: %v", err)
		}
		clock.Advance(announceFor)
		if err := s.RotateKeys(ctx, p, 0, silent); err != nil {
			t.Fatalf("an instance that is gone holds the rotation: %v", err)
		}
		if len(heldRing(frozen.backend).closed.keys) != 1 {
			t.Fatal("the instance was not frozen")
		}
		if _, err := scriptCommit.run(ctx, s.rdb, prefix(p), staleTurn(t, frozen)...); !errors.Is(err, errStale) {
			t.Fatalf("the store took what nobody can open: %v", err)
		}
		if _, err := frozen.Settle(ctx, done.Leases[0], bot.Settlement{Result: bot.SetAside, Sentence: "No."}); err != nil {
			t.Fatalf("an instance that wakes up cannot end what it was sending: %v", err)
		}
		if err := k.turn(); err != nil {
			t.Fatalf("an instance that wakes up does not read its keys again: %v", err)
		}
		desk := openDesk(t, o)
		k.whole(t, s, desk)
		if tasks, err := desk.StaffTasks(ctx, p, 100); err != nil || len(tasks) == 0 {
			t.Fatalf("%d staff tasks: %v", len(tasks), err)
		}
		if n := sealedWith(t, o.Client, p, &before); n != 0 {
			t.Fatalf("%d values are sealed with a key that was dropped", n)
		}
	})
}

// An instance that is behind at the end, too, keeps the old keys where they are.
func TestInstanceBehindHoldsDrop(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, p := context.Background(), o.Providers[0]
		s, other := openStore(t, o), openStore(t, o)
		used := false
		err := s.RotateKeys(ctx, p, 0, func(at Rotation) {
			switch at.Stage {
			case Added:
				if err := other.readers[p].refresh(ctx); err != nil {
					t.Error(err)
				}
			case InUse:
				used = true
			}
		})
		if !used || !errors.Is(err, ErrInstancesBehind) || len(heldRing(s.backend).closed.keys) != 2 {
			t.Fatalf("the old keys went while an instance was behind: %v", err)
		}
	})
}

// staleTurn is a turn as an instance encodes it that has not read its keys again.
func staleTurn(t *testing.T, s *Store) []any {
	t.Helper()
	e, err := s.encodeTurn(t.Context(), heldRing(s.backend), bot.Turn{Provider: provider(s), ID: "stale", Ops: []bot.Op{
		bot.KeepWith{Conversation: "somebody", Entry: bot.Entry{ID: "lost"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return e.args
}

func openDesk(t *testing.T, o Options) *Desk {
	t.Helper()
	d, err := OpenDesk(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A rotation that is stopped at any of its stages leaves everything readable, and
// ends when it is run again.
func TestRotationIsResumed(t *testing.T) {
	for _, stage := range []RotationStage{Added, InUse, Resealed} {
		onBoth(t, func(t *testing.T, o Options) {
			ctx, p := context.Background(), o.Providers[0]
			s := openStore(t, o)
			k, err := begin(s, "somebody")
			for range 3 {
				err = errors.Join(err, k.turn())
			}
			if err != nil {
				t.Fatal(err)
			}
			before := *heldRing(s.backend)
			stopped, stop := context.WithCancel(ctx)
			err = s.RotateKeys(stopped, p, 0, func(at Rotation) {
				if at.Stage == stage {
					stop()
				}
			})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("stopped at stage %d: %v", stage, err)
			}
			k.whole(t, openStore(t, o), openDesk(t, o))
			if now := heldRing(openStore(t, o).backend); len(now.closed.keys) != 2 || len(now.data.keys) != 2 {
				t.Fatal("a key that may be needed was dropped")
			}
			o.Clock = func() time.Time { return time.Now().Add(announceFor) } // those opened above are gone
			if err := openStore(t, o).RotateKeys(ctx, p, 0, silent); err != nil {
				t.Fatal(err)
			}
			k.whole(t, openStore(t, o), openDesk(t, o))
			now := heldRing(openStore(t, o).backend)
			if _, old := now.closed.keys[1]; old || len(now.closed.keys) != 1 || len(now.data.keys) != 1 || now.sealing != "2 2" {
				t.Fatalf("after the second run %q seals", now.sealing)
			}
			if n := sealedWith(t, o.Client, p, &before); n != 0 {
				t.Fatalf("%d values still open with a key that was dropped", n)
			}
		})
	}
}

// A value that does not open stops the rotation before its key is gone.
func TestRotationKeepsKeyOfWhatDoesNotOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, p := context.Background(), o.Providers[0]
		s := openStore(t, o)
		if _, err := begin(s, "somebody"); err != nil {
			t.Fatal(err)
		}
		sealed := heldRing(s.backend).closed.seal(place{p, kindHandle, "elsewhere"}, []byte("somebody"))
		if err := o.Client.Set(ctx, prefix(p)+"h:damaged", sealed, 0).Err(); err != nil {
			t.Fatal(err)
		}
		if err := s.RotateKeys(ctx, p, 0, silent); !errors.Is(err, errSealed) {
			t.Fatalf("damage was passed over: %v", err)
		}
		if len(heldRing(s.backend).closed.keys) != 2 {
			t.Fatal("the key of a record that was not resealed is gone")
		}
	})
}

// Who wrote between the reading and the resealing of a value is not written over.
func TestResealLeavesWhatChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, p := context.Background(), o.Providers[0]
		s := openStore(t, o)
		text, hash, list := prefix(p)+"h:x", prefix(p)+"k:x", prefix(p)+"w:x"
		err := errors.Join(o.Client.Set(ctx, text, "new", 0).Err(), o.Client.HSet(ctx, hash, "w", "new").Err(),
			o.Client.RPush(ctx, list, "new", "moved").Err())
		if err != nil {
			t.Fatal(err)
		}
		answer, err := scriptReseal.run(ctx, s.rdb, prefix(p), "h:x", "", "old", "bad", "k:x", "w", "old", "bad", "w:x", "0", "old", "bad",
			"w:x", "0", "moved", "resealed", "h:gone", "", "old", "bad")
		if err != nil || answer[0] != "1" {
			t.Fatalf("%v resealed of the one that still stands: %v", answer, err)
		}
		got := []string{o.Client.Get(ctx, text).Val(), o.Client.HGet(ctx, hash, "w").Val()}
		got = append(got, o.Client.LRange(ctx, list, 0, -1).Val()...)
		if want := []string{"new", "new", "new", "resealed"}; !slices.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

// sealedWith counts what opens with the keys of a keyring, anywhere in the store.
func sealedWith(t *testing.T, client redis.UniversalClient, p bot.ProviderID, ring *keyring) (count int) {
	t.Helper()
	s := &rotation{store: &Store{backend: &backend{rdb: client}}, provider: p}
	try := func(values []sealedValue, err error) {
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			at, keys, words := v.where(ring, p)
			_, task, sealed, err := cutElement(v.value, words)
			if err != nil {
				t.Fatal(err)
			}
			if at.kind == kindMessage {
				at.id = task
			}
			if _, err := keys.open(at, []byte(sealed)); err == nil {
				count++
			}
		}
	}
	ctx := context.Background()
	keys, err := client.Keys(ctx, prefix(p)+"*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, full := range keys {
		key := strings.TrimPrefix(full, prefix(p))
		switch name, id, _ := strings.Cut(key, ":"); name {
		case "c", "w":
			try(s.conversation(ctx, id))
		case "h":
			try(s.single(key, "", client.Get(ctx, full)))
		case "k":
			try(s.single(key, "w", client.HGet(ctx, full, "w")))
		case "a", "n", "tasks", "audit":
			for field, value := range client.HGetAll(ctx, full).Val() {
				try([]sealedValue{{key: key, field: field, value: value}}, nil)
			}
		}
	}
	return count
}
