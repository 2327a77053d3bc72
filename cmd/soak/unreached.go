package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"heard/channels"
)

// whatsAppUnreached is somebody who agreed to a text, whose WhatsApp is gone when the
// team has written, and who answers the text.
func whatsAppUnreached(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 2, false); err != nil {
		return err
	}
	p, phone := s.personOn(channels.WhatsApp, 0), s.personOn(channels.SMS, 0)
	j := p.newJourney()
	sent := append(append(j.beginning(), turn{j.story[0], "we have kept that"}), j.ending()...)
	if err := p.through(ctx, sent); err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	ref := referenceIn(p.last.text)
	details := []turn{
		{"Yes", "Does anyone else read"}, {"No", "anything else you want an answer to"}, {"done", "How has it affected you"}, {"skip", "When would an answer"},
		{"skip", "how to keep in touch"}, {"Yes", "What helps you"}, {"6", "How shall we keep in touch"}, {"Messages here", "may we send a text to this number"},
		{"Yes", "anybody who should not know"}, {"skip", "somebody independent"}, {"No", "That is all we ask"},
	}
	if err := p.through(ctx, details); err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	const words = "We have spoken to the ward about that night."
	tell := exec.CommandContext(ctx, s.binary, "tell", "-case", ref, "-by", "Sam", words)
	tell.Env = append(os.Environ(), s.processes[0].env...)
	if out, err := tell.CombinedOutput(); err != nil {
		return fmt.Errorf("tell: %w\n%s", err, out)
	}
	if err := p.heardOf(ctx, "there is news"); err != nil {
		return err
	}
	if err := s.idle(ctx); err != nil {
		return err
	}
	news := s.twilio.Sent(p.address)
	for range 2 { // Twilio repeats itself
		if status, err := s.twilio.Status(ctx, news[len(news)-1], "undelivered", "63024"); err != nil || status >= 300 {
			return fmt.Errorf("the status was answered %d, error %w", status, err)
		}
	}
	if err := phone.heardOf(ctx, "we could not reach you on WhatsApp"); err != nil {
		return err
	}
	if text := phone.last.text; strings.Contains(text, "ward") || strings.Contains(text, ref) || strings.Contains(text, "omplain") {
		return fmt.Errorf("who holds the phone reads %q", text)
	}
	if err := phone.through(ctx, []turn{{"hello", "there is news"}, {"1", words}, {"no", "That is fine"}, {"status", ref}}); err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	if err := s.idle(ctx); err != nil {
		return err
	}
	p.rest()
	phone.rest()
	return errors.Join(s.ledger.fault(), s.staffKnowNoTrouble(ctx))
}

// heardOf waits for a message that nobody just asked for.
func (p *person) heardOf(ctx context.Context, want string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	r, err := p.next(ctx)
	if err != nil || !strings.Contains(r.text, want) {
		return fmt.Errorf("%s on %s heard %.60q, where %q must come, error %w", p.name, p.channel, r.text, want, err)
	}
	p.last = r
	return nil
}
