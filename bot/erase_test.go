package bot_test

import "testing"

// Who deletes before there is a case must find nothing of theirs kept, either.
func TestDeleteBeforeACaseErasesWhatWasKept(t *testing.T) {
	w := onEmbedded(t)
	w.say(daughter, "hello")
	w.say(daughter, "dunno")
	id := w.view(daughter).Conversation.ID
	kept, err := w.store.Kept(w.ctx, hospital, id)
	if err != nil || len(kept) == 0 {
		t.Fatalf("nothing is kept: error %v", err)
	}
	w.say(daughter, "delete")
	w.hasWords(w.say(daughter, "yes"), "It is deleted")
	if kept, err = w.store.Kept(w.ctx, hospital, id); err != nil || len(kept) != 0 {
		t.Errorf("%d entries are still kept, error %v", len(kept), err)
	}
}
