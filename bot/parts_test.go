package bot_test

import (
	"strings"
	"testing"
	"time"

	"heard/channels"
)

// A long answer of the team is queued in messages that each fit the channel, with the
// options below the last: a channel refuses what does not.
func TestEachMessageThatIsQueuedFitsItsChannel(t *testing.T) {
	for _, p := range []place{sms, whatsApp, telegram} {
		t.Run(string(p.channel), func(t *testing.T) {
			w := onEmbedded(t)
			ref := w.complainAt(p)
			words := strings.TrimSpace(strings.Repeat("We have spoken to the ward about that night. ", 200))
			w.update(ref, words)
			w.later(time.Minute)
			w.hears(p.address)
			w.receive(w.from(p, "1"))
			w.deliver()
			w.mu.Lock()
			heard := w.heard[p.address]
			w.mu.Unlock()
			if len(heard) < 3 {
				t.Fatalf("%d messages", len(heard))
			}
			var all []string
			for _, m := range heard {
				limit := channels.CapabilitiesOf(p.channel).TextLimit
				if p.channel == channels.WhatsApp && len(m.Options) > 0 {
					limit = 1024
				}
				if _, refused := channels.Whole(m.Text, limit); refused != nil {
					t.Errorf("a message of %d characters: %v", len(m.Text), refused)
				}
				all = append(all, m.Text)
			}
			if !strings.Contains(strings.Join(all, " "), words) {
				t.Error("the parts together are not the words")
			}
		})
	}
}
