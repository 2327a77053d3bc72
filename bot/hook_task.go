package bot

import (
	"context"
	"fmt"
)

// WebhookFailed is a webhook that did not take an event in its time: who runs heard at
// the provider sees to it, since another system is not in step any more.
const WebhookFailed StaffTaskKind = "webhook"

// WebhookTask is the task of a webhook.
func WebhookTask(hook string) string { return string(WebhookFailed) + "/" + hook }

// WebhookGivenUp has staff see to a webhook. While they have not, once is enough.
func (b *Bot) WebhookGivenUp(ctx context.Context, id ProviderID, hook string) error {
	p, err := b.provider(id)
	if err != nil {
		return err
	}
	waiting, err := b.moves.Tasks(ctx, id, []string{WebhookTask(hook)})
	if err != nil || len(waiting) > 0 {
		return err
	}
	now := b.now()
	_, err = b.commit(ctx, Turn{Provider: id, ID: TurnID(randomID()), Ops: []Op{AddTask{StaffTask{
		ID: WebhookTask(hook), Kind: WebhookFailed, At: now, Due: at(p.Calendar.workingDays(now, 1), 0, endOfDay),
		Text: "Another system did not take news for three days, so it does not know all that happened to cases. See why, and send it again.",
	}}}})
	if err != nil {
		return fmt.Errorf("have staff see to a webhook: %w", err)
	}
	return nil
}
