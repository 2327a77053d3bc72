package storetest

import (
	"bytes"
	"time"

	"heard/bot"
	"heard/channels"
)

func newPerson(w *world) {
	v := w.lookup(daughter)
	c := v.Conversation
	if c.Version != 0 || c.ID == "" || v.Case != nil {
		w.t.Fatalf("version %d, id given %v, case %v", c.Version, c.ID != "", v.Case)
	}
	if c.Address != daughter || c.Sender != ours || c.Channel != channels.SMS {
		w.t.Fatal("a new conversation does not know its own address")
	}
	if other := w.lookup(neighbor); other.Conversation.ID == c.ID {
		w.t.Fatal("two people share a conversation")
	}
}

func readAgain(w *world) {
	c := w.lookup(daughter).Conversation
	c.Session, c.LastAt, c.LastSeq, c.Left = bytes.Repeat([]byte{0, 1, 255}, 200), w.Clock.Now().Add(123456789), 1<<60, true
	conv := &c
	w.commit(bot.PutConversation{Conversation: conv})
	k := w.draft(conv)
	k.Handler, k.Fields = "Ms Jones", []bot.Field{{Name: "about", Value: "mother \xff\x00 é"}}
	w.commit(bot.PutCase{Case: k}, bot.Append{Case: k, Entry: bot.Entry{ID: "e1", Kind: bot.Said, Text: "cold \xff food"}})

	v := w.lookup(daughter)
	got := v.Conversation
	if !bytes.Equal(got.Session, c.Session) || !got.LastAt.Equal(c.LastAt) || got.LastSeq != c.LastSeq || !got.Left || got.Case != k.Ref {
		w.t.Fatalf("conversation came back as version %d with other contents", got.Version)
	}
	if got.Version != conv.Version || v.Case == nil || v.Case.Version != k.Version || v.Case.Fields[0] != k.Fields[0] {
		w.t.Fatal("a version that the caller knows after its commit is not the stored one")
	}
	byID, err := w.Store.LookupID(w.ctx, w.Provider, c.ID)
	if err != nil || byID.Conversation.Address != daughter || byID.Case.Handler != "Ms Jones" {
		w.t.Fatalf("look up by id: %v", err)
	}
	read, id, err := w.Store.Case(w.ctx, w.Provider, k.Ref)
	if err != nil || id != c.ID || read.Handler != "Ms Jones" {
		w.t.Fatalf("read case: %v", err)
	}
	e, err := w.Store.Entry(w.ctx, w.Provider, read, "e1")
	if err != nil || e.Text != "cold \xff food" {
		w.t.Fatalf("read entry: %v", err)
	}
	_, err = w.Store.Entry(w.ctx, w.Provider, read, "e2")
	w.must(err, bot.ErrNotFound, "an entry that does not exist")
	_, _, err = w.Store.Case(w.ctx, w.Provider, "H-NONE")
	w.must(err, bot.ErrNotFound, "a case that does not exist")
}

func oneTrip(w *world) {
	conv := w.begin(daughter)
	w.draft(conv)
	w.lookup(daughter) // the script is known from here on
	before := w.Trips()
	if v := w.lookup(daughter); v.Case == nil {
		w.t.Fatal("no case")
	}
	if n := w.Trips() - before; n != 1 {
		w.t.Fatalf("%d round trips", n)
	}
	before = w.Trips()
	w.commit(bot.PutConversation{Conversation: conv}, say(conv, "hello"))
	if n := w.Trips() - before; n != 1 {
		w.t.Fatalf("a commit took %d round trips", n)
	}
}

func casesInOneTrip(w *world) {
	conv := w.begin(daughter)
	refs := []bot.CaseRef{w.draft(conv).Ref, "H-NONE", w.draft(conv).Ref, w.draft(conv).Ref}
	_, err := w.Store.Cases(w.ctx, w.Provider, nil)
	w.must(err, nil, "no cases at all") // the script is known from here on
	before := w.Trips()
	all, err := w.Store.Cases(w.ctx, w.Provider, refs)
	if err != nil || len(all) != 3 {
		w.t.Fatalf("%d cases of three: %v", len(all), err)
	}
	if n := w.Trips() - before; n != 1 {
		w.t.Fatalf("%d round trips", n)
	}
	for i, c := range all {
		one, _, err := w.Store.Case(w.ctx, w.Provider, c.Ref)
		if err != nil || c.Ref != refs[[]int{0, 2, 3}[i]] || c.Version != one.Version || c.Handle != one.Handle || !bytes.Equal(c.Key, one.Key) {
			w.t.Errorf("case %d is another than when it is read alone: %v", i, err)
		}
	}
}

func nothingInClear(w *world) {
	conv := w.begin(daughter)
	conv.Session = []byte("SECRETSESSION")
	k := w.draft(conv)
	k.Handler, k.Fields = "SECRETNAME", []bot.Field{{Name: "story", Value: "SECRETFIELD"}}
	w.open(k)
	leases := w.commit(bot.PutConversation{Conversation: conv}, bot.PutCase{Case: k},
		bot.Append{Case: k, Entry: bot.Entry{ID: "e", Text: "SECRETENTRY"}},
		bot.KeepWith{Conversation: conv.ID, Entry: bot.Entry{ID: "f", Text: "SECRETKEPT"}},
		bot.AddTask{Task: bot.StaffTask{ID: "x", Case: k.Ref, Text: "SECRETTASK"}},
		bot.AddAnswers{Answers: []bot.StatementAnswer{{Month: "2026-11", Answer: "SECRETANSWER"}}},
		say(conv, "SECRETMESSAGE"), say(conv, "SECRETMESSAGE"))
	w.accept(leases[0], "SECRETID")
	turn := w.turn()
	turn.Message = "SECRETINBOUND"
	w.committed(turn)
	w.receipt(channels.Receipt{Task: string(leases[0].Message.Task), ID: "SECRETID2", Status: channels.StatusSent})
	w.hidden("SECRET", string(daughter), string(daughter)[1:])
}

func draftNotListed(w *world) {
	conv := w.begin(daughter)
	k := w.draft(conv)
	if refs := w.cases(); len(refs) != 0 {
		w.t.Fatal("a draft, which nobody may see, is listed")
	}
	w.open(k)
	w.Clock.Advance(time.Hour)
	k2 := w.draft(w.begin(neighbor))
	w.open(k2)
	if refs := w.cases(); len(refs) != 2 || refs[0] != k2.Ref || refs[1] != k.Ref {
		w.t.Fatalf("%d cases listed, or not the newest first", len(refs))
	}
	k.Status = bot.Draft
	w.commit(bot.PutCase{Case: k})
	if refs := w.cases(); len(refs) != 1 {
		w.t.Fatal("a case that became a draft again is listed")
	}
}

func (w *world) cases() []bot.CaseRef {
	w.t.Helper()
	refs, err := w.Desk.Cases(w.ctx, w.Provider, 0, 10)
	if err != nil {
		w.t.Fatalf("list cases: %v", err)
	}
	return refs
}

func deskReads(w *world) {
	conv := w.begin(daughter)
	k := w.draft(conv)
	w.open(k)
	for _, text := range []string{"first", "second", "third"} {
		w.commit(bot.Append{Case: k, Entry: bot.Entry{ID: bot.EntryID(text), Text: text}})
	}
	read, err := w.Desk.ReadCase(w.ctx, w.Provider, k.Ref)
	if err != nil || read.Handle != k.Handle || read.Version != k.Version {
		w.t.Fatalf("read case: %v", err)
	}
	entries, err := w.Desk.Timeline(w.ctx, w.Provider, read)
	if err != nil || len(entries) != 3 || entries[0].Text != "first" || entries[2].Text != "third" {
		w.t.Fatalf("timeline of %d entries, or out of order: %v", len(entries), err)
	}
	_, err = w.Desk.ReadCase(w.ctx, w.Provider, "H-NONE")
	w.must(err, bot.ErrNotFound, "a case that does not exist")
	if _, err := w.Store.Commit(w.ctx, w.turn(bot.Append{Case: k, Entry: bot.Entry{ID: "first", Text: "other"}})); err == nil {
		w.t.Fatal("an entry of the timeline was written over")
	}
	if _, err := w.Store.Commit(w.ctx, w.turn(bot.PutCase{Case: k}, bot.Append{Case: k, Entry: bot.Entry{ID: "first", Text: "other"}})); err == nil {
		w.t.Fatal("an entry of the timeline was written over by a turn that wrote its case too")
	}
}

func deskChanges(w *world) {
	count := func() uint64 {
		n, err := w.Desk.Changes(w.ctx, w.Provider)
		if err != nil {
			w.t.Fatalf("changes: %v", err)
		}
		return n
	}
	conv := w.begin(daughter)
	k := w.draft(conv)
	if count() != 0 {
		w.t.Fatal("a draft made the desk look")
	}
	w.open(k)
	opened := count()
	w.commit(bot.Append{Case: k, Entry: bot.Entry{ID: "e"}})
	appended := count()
	w.commit(bot.AddTask{Task: bot.StaffTask{ID: "x"}})
	if tasked := count(); opened == 0 || appended == opened || tasked == appended {
		w.t.Fatal("the desk is not told of something that staff must see")
	}
}

func eraseCase(w *world) {
	conv := w.begin(daughter)
	k := w.draft(conv)
	w.open(k)
	w.commit(bot.Append{Case: k, Entry: bot.Entry{ID: "e", Text: "words"}},
		bot.AddTask{Task: bot.StaffTask{ID: string(k.Ref) + "/call", Case: k.Ref}},
		bot.SetTimer{Timer: bot.Timer{Kind: bot.News, Case: k.Ref, After: time.Hour}})
	stale := *k
	stale.Version--
	w.unchanged(func() {
		_, err := w.Store.Commit(w.ctx, w.turn(bot.EraseCase{Case: &stale}))
		w.must(err, bot.ErrConflict, "erase over a version that is gone")
	})
	conv.Case, conv.Handle = "", ""
	w.commit(bot.PutConversation{Conversation: conv}, bot.EraseCase{Case: k})
	w.hidden(string(k.Ref), string(k.Handle))
	w.Clock.Advance(2 * time.Hour)
	if len(w.timers()) != 0 {
		w.t.Fatal("an erased case still wakes its person")
	}
	if v := w.lookup(daughter); v.Case != nil {
		w.t.Fatal("an erased case is found")
	}
}

func appendAfterErase(w *world) {
	conv := w.begin(daughter)
	k := w.draft(conv)
	w.commit(bot.EraseCase{Case: k})
	w.unchanged(func() {
		_, err := w.Store.Commit(w.ctx, w.turn(bot.Append{Case: k, Entry: bot.Entry{ID: "e", Text: "words"}}))
		w.must(err, bot.ErrConflict, "words appended to a case whose key is destroyed would be lost")
		_, err = w.Store.Commit(w.ctx, w.turn(bot.AddTask{Task: bot.StaffTask{ID: "x", Case: k.Ref}}))
		w.must(err, bot.ErrConflict, "a task about a case that is gone")
	})
	if v := w.lookup(daughter); v.Case != nil || v.Conversation.Version == 0 {
		w.t.Fatal("a conversation whose case was erased by another must be found without it")
	}
}

func answersUnlinkable(w *world) {
	conv := w.begin(daughter)
	k := w.draft(conv)
	before := w.Dump(w.t)
	given := []bot.StatementAnswer{
		{Month: "2026-11", Channel: "sms", Language: "en", Statement: "making.myway", Answer: "agree"},
		{Month: "2026-11", Channel: "sms", Language: "en", Statement: "making.serious", Answer: "disagree"},
	}
	turn := w.turn(bot.AddAnswers{Answers: given})
	w.committed(turn)
	got, err := w.Answers("2026-11")
	if err != nil || len(got) != 2 {
		w.t.Fatalf("%d answers: %v", len(got), err)
	}
	for key, value := range w.Dump(w.t) {
		if _, known := before[key]; known || bytes.Contains([]byte(key), []byte(turn.ID)) {
			continue
		}
		for _, word := range []string{string(turn.ID), string(conv.ID), string(k.Ref), string(k.Handle), "1762", "1793"} {
			if bytes.Contains([]byte(value), []byte(word)) {
				w.t.Fatal("an answer stands beside something that leads to its person or its moment")
			}
		}
	}
	_, err = w.Store.Commit(w.ctx, w.turn(bot.AddAnswers{Answers: []bot.StatementAnswer{{Month: "2026-11-02"}}}))
	if err == nil {
		w.t.Fatal("an answer was stored by its day: a month is all that may be known")
	}
}

func keptWords(w *world) {
	conv := w.begin(daughter)
	w.commit(bot.KeepWith{Conversation: conv.ID, Entry: bot.Entry{ID: "1", Text: "one"}})
	w.commit(bot.KeepWith{Conversation: conv.ID, Entry: bot.Entry{ID: "2", Text: "two"}})
	kept, err := w.Kept(conv.ID)
	if err != nil || len(kept) != 2 || kept[0].Text != "one" || kept[1].Text != "two" {
		w.t.Fatalf("%d entries kept: %v", len(kept), err)
	}
}

func staffTasks(w *world) {
	now := w.Clock.Now()
	w.commit(bot.AddTask{Task: bot.StaffTask{ID: "late", Kind: bot.CallPerson, Due: now.Add(2 * time.Hour)}},
		bot.AddTask{Task: bot.StaffTask{ID: "soon", Kind: bot.Danger, Due: now.Add(time.Hour)}},
		bot.AddTask{Task: bot.StaffTask{ID: "done", Due: now}})
	w.commit(bot.EndTask{ID: "done"}, bot.AddTask{Task: bot.StaffTask{ID: "late", Kind: bot.CallPerson, Due: now}})
	tasks, err := w.Desk.StaffTasks(w.ctx, w.Provider, 10)
	if err != nil || len(tasks) != 2 || tasks[0].ID != "late" || tasks[1].Kind != bot.Danger {
		w.t.Fatalf("%d tasks, or not by due: %v", len(tasks), err)
	}
	if tasks, _ = w.Desk.StaffTasks(w.ctx, w.Provider, 1); len(tasks) != 1 {
		w.t.Fatal("the limit is not kept")
	}
}

func flowVersions(w *world) {
	publish := func(hash, structure, wording string) error {
		return w.Store.PublishFlow(w.ctx, w.Provider, "complain", hash, []byte(structure), []byte(wording))
	}
	if err := publish("h1", "steps", "words"); err != nil {
		w.t.Fatal(err)
	}
	if err := publish("h1", "steps", "new words"); err != nil {
		w.t.Fatal(err)
	}
	if err := publish("h1", "other steps", "words"); err == nil {
		w.t.Fatal("people in mid-conversation had their version changed under them")
	}
	flow, structure, wording, err := w.Store.FlowVersion(w.ctx, w.Provider, "h1")
	if err != nil || flow != "complain" || string(structure) != "steps" || string(wording) != "new words" {
		w.t.Fatalf("read version: %v", err)
	}
	_, _, _, err = w.Store.FlowVersion(w.ctx, w.Provider, "h2")
	w.must(err, bot.ErrNotFound, "a version that does not exist")
}

func watermark(w *world) {
	read := func() time.Time {
		at, err := w.Store.Watermark(w.ctx, w.Provider, ours)
		if err != nil {
			w.t.Fatalf("watermark: %v", err)
		}
		return at
	}
	if !read().IsZero() {
		w.t.Fatal("a watermark before any listing: what came earlier would never be fetched")
	}
	now := w.Clock.Now()
	for _, step := range []struct{ to, want time.Time }{
		{now, now}, {now.Add(-time.Minute), now},
		{now.Add(24 * time.Hour), now.Add(24 * time.Hour)}, {now, now}, // a clock that ran ahead, and was set right
	} {
		if err := w.Store.MoveWatermark(w.ctx, w.Provider, ours, step.to); err != nil {
			w.t.Fatalf("move watermark: %v", err)
		}
		if !read().Equal(step.want) {
			w.t.Fatalf("moved to %v the watermark is %v, want %v", step.to, read(), step.want)
		}
	}
}

func guard(w *world) {
	held := func(instance string) bool {
		ok, err := w.Store.Guard(w.ctx, w.Provider, "poll:1", instance, time.Minute)
		if err != nil {
			w.t.Fatalf("guard: %v", err)
		}
		return ok
	}
	if !held("a") || held("b") || !held("a") {
		w.t.Fatal("two instances hold one guard, or its holder cannot renew it")
	}
	w.Clock.Advance(61 * time.Second)
	if !held("b") || held("a") {
		w.t.Fatal("a guard whose holder died is not passed on")
	}
	w.Clock.Advance(-24 * time.Hour)
	if !held("a") {
		w.t.Fatal("a guard that a fast clock gave lasts for a day")
	}
}
