package redisstore

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"heard/bot"
)

// LeaseMessages takes up to max heads of outboxes that are due or whose lease was
// lost, but none for the lines that are full. A lost one comes back with Doubt: when
// the attempt began whose end nobody knows. With left it is looked at again only
// after that.
func (s *Store) LeaseMessages(ctx context.Context, p bot.ProviderID, max int, left time.Duration, full ...bot.Line) (leases []bot.Lease, err error) {
	if _, err := s.ring(ctx, p); err != nil {
		return nil, fmt.Errorf("lease messages: %w", err)
	}
	args := []any{s.now(), s.lease.Milliseconds(), s.pace, max, left.Milliseconds()}
	for _, l := range full {
		args = append(args, senderTag(l.Channel, l.Sender))
	}
	before := time.Now()
	answer, err := scriptLeaseMessages.run(ctx, s.rdb, prefix(p), args...)
	if err != nil {
		return nil, err
	}
	err = s.withRing(ctx, p, func(ring *keyring) error {
		leases, err = s.openLeases(p, ring, before, answer, ownWords{})
		return err
	})
	if err != nil && !errors.Is(err, errKeyMissing) {
		return nil, fmt.Errorf("lease messages: %w", err)
	}
	return leases, nil
}

// leaseFields is how many values describe a lease; see held in lua/outbox.lua.
const leaseFields = 9

// openLeases reads leases as scripts return them. Their deadlines count from
// before the call, by this machine's monotonic clock: never later than the store's.
// What the caller has just written is not told again: own has it.
//
// One that does not open is told as that, and holds up no other. errKeyMissing says
// that there is such a one, and that a newer keyring may open it.
func (s *Store) openLeases(p bot.ProviderID, ring *keyring, before time.Time, flat []string, own ownWords) ([]bot.Lease, error) {
	if len(flat) == 0 {
		return nil, nil
	}
	var missing error
	leases := make([]bot.Lease, 0, len(flat)/leaseFields)
	for ; len(flat) >= leaseFields; flat = flat[leaseFields:] {
		l, err := openLease(p, before, flat)
		if err != nil {
			return nil, fmt.Errorf("lease: %w", err)
		}
		if err := s.openWords(ring, &l, flat, own); err != nil {
			l.Unreadable, l.Message = true, bot.Message{Task: bot.TaskID(flat[6])}
			if errors.Is(err, errKeyMissing) {
				missing = err
			}
		}
		leases = append(leases, l)
	}
	return leases, missing
}

func openLease(p bot.ProviderID, before time.Time, f []string) (bot.Lease, error) {
	numbers, err := integers(f[1], f[2], f[3], f[4])
	if err != nil {
		return bot.Lease{}, err
	}
	l := bot.Lease{
		Provider:     p,
		Conversation: bot.ConversationID(f[0]),
		Token:        numbers[0],
		Deadline:     before.Add(time.Duration(numbers[1]) * time.Millisecond),
		Attempt:      int(numbers[2]),
	}
	if numbers[3] != 0 {
		l.Doubt = time.UnixMilli(numbers[3])
	}
	l.Closed, l.Parked, err = window(f[8])
	return l, err
}

// openWords opens what of a lease is sealed.
func (s *Store) openWords(ring *keyring, l *bot.Lease, f []string, own ownWords) error {
	c := own.conversation(l.Conversation)
	if c == nil {
		c = &bot.Conversation{}
		if err := s.openRecord(ring.closed, place{l.Provider, kindConversation, f[0]}, f[5], c); err != nil {
			return err
		}
	}
	l.Channel, l.Sender, l.Address, l.LastAt, l.Left, l.Case = c.Channel, c.Sender, c.Address, c.LastAt, c.Left, c.Case
	if m := own.message(bot.TaskID(f[6])); m != nil {
		l.Message = *m
		return nil
	}
	return s.openRecord(ring.closed, place{l.Provider, kindMessage, f[6]}, f[7], &l.Message)
}

// window reads what a conversation holds of WhatsApp's window.
func window(text string) (closed time.Time, parked int, err error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return closed, 0, nil
	}
	if len(words) != 3 {
		return closed, 0, errWire
	}
	numbers, err := integers(words[0], words[1])
	if err != nil {
		return closed, 0, err
	}
	if numbers[0] != 0 {
		closed = time.UnixMilli(numbers[0])
	}
	return closed, int(numbers[1]), nil
}

func integers(texts ...string) ([]int64, error) {
	numbers := make([]int64, len(texts))
	for i, text := range texts {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("a number of the store: %w", err)
		}
		numbers[i] = n
	}
	return numbers, nil
}

// Settle says how a send ended and leases the next message of the conversation
// where it may go. Settled again by the same lease, it answers the same: the
// first answer may have been lost.
func (s *Store) Settle(ctx context.Context, l bot.Lease, end bot.Settlement) (next *bot.Lease, err error) {
	err = s.withRing(ctx, l.Provider, func(ring *keyring) error {
		next, err = s.settle(ctx, ring, l, end)
		return err
	})
	if err != nil && !errors.Is(err, errKeyMissing) {
		return nil, fmt.Errorf("settle: %w", err)
	}
	return next, nil
}

func (s *Store) settle(ctx context.Context, ring *keyring, l bot.Lease, end bot.Settlement) (*bot.Lease, error) {
	args := []any{s.now(), s.lease.Milliseconds(), s.pace, string(l.Conversation), l.Token, string(l.Message.Task)}
	how, err := s.encodeEnd(ring, l, end)
	if err != nil {
		return nil, err
	}
	before := time.Now()
	answer, err := scriptSettle.run(ctx, s.rdb, prefix(l.Provider), append(args, how...)...)
	if err != nil {
		return nil, err
	}
	leases, err := s.openLeases(l.Provider, ring, before, answer, ownWords{})
	if len(leases) == 0 {
		return nil, err
	}
	return &leases[0], err
}

var resultNames = map[bot.SendResult]string{
	bot.Accepted: "accepted", bot.Again: "again", bot.InDoubt: "doubt", bot.SetAside: "aside", bot.Untried: "untried",
	bot.Parked: "parked", bot.Opened: "opened",
}

// encodeEnd writes a settlement. A message that is set aside or waits for the person
// becomes a task about
// the case, or, where staff do not see the case, about the conversation.
func (s *Store) encodeEnd(ring *keyring, l bot.Lease, end bot.Settlement) ([]any, error) {
	name, ok := resultNames[end.Result]
	if !ok {
		return nil, fmt.Errorf("unknown result %d", end.Result)
	}
	args := []any{name, end.After.Milliseconds(), forWhom(end)}
	if end.Sentence == "" {
		args = append(args, "", "", "", "", "", "")
	} else {
		about, alone := s.forStaff(l, end)
		sealedAbout, err := s.sealTask(ring, l.Provider, about)
		if err != nil {
			return nil, err
		}
		sealedAlone, err := s.sealTask(ring, l.Provider, alone)
		if err != nil {
			return nil, err
		}
		args = append(args, about.ID, string(about.Case), sealedAbout, alone.ID, sealedAlone, about.Due.UnixMilli())
	}
	args = append(args, ring.sealing, about(l.Message), flag(end.Closed), flag(end.Keep), string(end.Knock))
	for _, id := range end.IDs {
		args = append(args, ring.hash("outgoing", id))
	}
	return args, nil
}

// forWhom says for whom a settlement's After holds: see lua/settle.lua.
func forWhom(end bot.Settlement) string {
	if end.Unscoped {
		return "2"
	}
	return flag(end.AllChats)
}

// about is what is noted of a message while its receipts come: the case it has news
// of, and what is counted when it arrives.
func about(m bot.Message) string {
	if m.Asks == nil {
		return string(m.Case)
	}
	return string(m.Case) + "," + m.Asks.Month + "," + arrivalOf(*m.Asks)
}

// arrived begins the counts of statements that reached their person.
const arrived = "d:"

// countOf names what is counted of a statement that is asked.
func countOf(of bot.StatementAnswer) string {
	return strings.Join([]string{of.Service, of.Channel, of.Language, of.Statement, string(of.Finding)}, countSeparator)
}

// arrivalOf names what is counted of one that arrived; without spaces and commas.
func arrivalOf(of bot.StatementAnswer) string { return arrived + url.QueryEscape(countOf(of)) }

// forStaff is the task that a message becomes, by the case and by the conversation.
func (s *Store) forStaff(l bot.Lease, end bot.Settlement) (about, alone bot.StaffTask) {
	now, kind := time.Now(), bot.Undelivered
	if s.clock != nil {
		now = s.clock()
	}
	if end.Result == bot.Parked {
		kind = bot.Waits
	}
	alone = bot.StaffTask{
		ID: string(l.Conversation) + "/" + string(kind), Kind: kind, Conv: l.Conversation, At: now, Due: now, Text: end.Sentence,
	}
	about = alone
	ref := caseOf(l)
	about.ID, about.Case, about.Conv = string(ref)+"/"+string(kind), ref, ""
	return about, alone
}

// caseOf is the case that a message is about: the one it has news of, else the
// conversation's.
func caseOf(l bot.Lease) bot.CaseRef {
	if l.Message.Case != "" {
		return l.Message.Case
	}
	return l.Case
}

// Aside reads the messages to a conversation that were given up, oldest first.
func (s *Store) Aside(ctx context.Context, p bot.ProviderID, id bot.ConversationID) (messages []bot.Message, err error) {
	err = s.withRing(ctx, p, func(ring *keyring) error {
		elements, err := s.rdb.LRange(ctx, asideKey(p, id), 0, -1).Result()
		if err != nil {
			return err
		}
		messages = make([]bot.Message, len(elements))
		for i, element := range elements {
			_, task, sealed, err := cutElement(element, waitingHead)
			if err != nil {
				return err
			}
			if err := s.openRecord(ring.closed, place{p, kindMessage, task}, sealed, &messages[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what was set aside: %w", err)
	}
	return messages, nil
}

// How many words stand before the sealed message where it waits, and where it is
// under way; the last of them is its task. See lua/outbox.lua.
const (
	waitingHead = 4
	flightHead  = 7
)

// cutElement cuts a message as it is stored into the words before it, the last of
// them, and itself.
func cutElement(element string, words int) (head, task, sealed string, err error) {
	rest := element
	for range words {
		var found bool
		if task, rest, found = strings.Cut(rest, " "); !found {
			return "", "", "", errWire
		}
	}
	return element[:len(element)-len(rest)], task, rest, nil
}
