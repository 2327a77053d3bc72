package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// promised remembers what the person is told will be done, with a task for each.
func (w *work) promised(c *Case, a Answered) {
	c.Promises = slices.Clone(c.Promises)
	for _, p := range a.promises() {
		n := len(c.Promises)
		c.Promises = append(c.Promises, p)
		w.op(AddTask{StaffTask{
			ID: promiseTask(c.Ref, n), Kind: KeepPromise, Case: c.Ref, At: w.now, Due: at(p.Due.In(w.p.Calendar.Location), 0, endOfDay),
			Text: "Promised: " + p.What + " By whom: " + p.Owner + ". When it is done, tell the people whose cases led to it.",
		}})
	}
}

// endOfDay is when a day's work should be done.
const endOfDay = 17 * time.Hour

// promiseTask is the task of a promise, which are counted from 0.
func promiseTask(ref CaseRef, n int) string {
	return string(ref) + "/" + string(KeepPromise) + "/" + strconv.Itoa(n+1)
}

// KeptPromise says that a promised action is done: the person of the case, and those
// of the other cases that led to it, are told "you said, we did" in these words. n
// counts the case's promises from 0.
func (b *Bot) KeptPromise(ctx context.Context, id ProviderID, ref CaseRef, by By, n int, words string, also []CaseRef) error {
	if words = strings.TrimSpace(words); words == "" {
		return lackError([]Lack{{"words", "Write what was done, as people should read it."}})
	}
	told := true
	err := b.staff(ctx, id, ref, by, "say what was done", func(w *work) error {
		c := w.subject
		if n < 0 || n >= len(c.Promises) {
			return &Rejection{RejectNoCase, "There is no such action on this case."}
		}
		if !c.Promises[n].Done.IsZero() {
			return &Rejection{RejectNotReady, "This was said to be done already."}
		}
		w.change(c)
		c.Promises = slices.Clone(c.Promises)
		c.Promises[n].Done = w.now
		w.op(EndTask{promiseTask(ref, n)})
		err := w.tell(noticeWeDid, Entry{Kind: Told, Text: words, By: by.Name})
		if told = err == nil; !told {
			w.note(by, "Done as promised: "+words+" The person could not be told.")
		}
		return nil
	})
	if err != nil {
		return err
	}
	also = slices.DeleteFunc(slices.Clone(also), func(other CaseRef) bool { return other == ref })
	err = b.Did(ctx, id, also, by, words)
	if told || err != nil && !errors.As(err, new(*Rejection)) {
		return err
	}
	return errors.Join(&Rejection{RejectDied, fmt.Sprintf("It is noted as done. The person of %s could not be told.", ref)}, err)
}
