package storetest

import (
	"context"
	"testing"
)

// Run runs the whole suite, each test on a store of its own.
func Run(t *testing.T, open func(*testing.T) Fixture) {
	for _, test := range []struct {
		name string
		run  func(*world)
	}{
		{"a new person is a conversation that does not exist yet", newPerson},
		{"what was written is read again", readAgain},
		{"a look-up is one round trip", oneTrip},
		{"several cases are one round trip", casesInOneTrip},
		{"nothing private stands in clear", nothingInClear},

		{"a repeated message is done once", duplicate},
		{"fifty deliveries at once are done once", fiftyAtOnce},
		{"our own earlier commit is recognised", ownCommit},
		{"our own earlier commit tells what it leased of what waited", ownCommitOfWaiting},
		{"a turn without a message is recognised too", ownCommitNoMessage},
		{"a record changed by another is a conflict", conflicts},
		{"a turn with one bad expectation writes nothing", allOrNothing},
		{"two messages of one person at once are both taken", onePersonAtOnce},
		{"two people at once do not disturb each other", twoPeopleAtOnce},
		{"a message to nobody is refused", enqueueNobody},

		{"messages of one person go one after the other", fifo},
		{"a first reply goes with its conversation", firstReply},
		{"urgent help overtakes what is not under way", helpOvertakes},
		{"help overtakes what waits to be tried again", helpOvertakesRetry},
		{"an old lease is refused", fencedSettle},
		{"a settlement whose answer was lost is answered again", settleTwice},
		{"a lost lease comes back in doubt", lostLease},
		{"a lost lease is left to who had it", leftLease},
		{"a message in doubt keeps when it began", doubtKeepsStart},
		{"a message set aside becomes a task and frees the next", setAside},
		{"a draft stays hidden when its message is set aside", setAsideDraft},
		{"a person who left is told from one who did not", left},
		{"a pace is kept by all instances together", paced},
		{"a whole sender waits when the provider says so", holdSender},
		{"a whole sender waits when two people must", holdForTwo},
		{"who waits longest goes first", keepsPlace},
		{"one person's pace is kept, and holds up nobody else", chatPace},
		{"a wait that no provider asked for is not kept", wrongHold},
		{"a line that is full is left out", fullLine},
		{"people in conversation go before unprompted messages", repliesFirst},

		{"random outboxes do what a simple model does", outboxAgainstModel},

		{"a receipt only moves forward", receiptForward},
		{"a receipt ends a doubt", receiptEndsDoubt},
		{"a receipt before the answer ends a doubt", receiptBeforeAnswer},
		{"a receipt for nothing of ours is said so", receiptUnknown},
		{"a receipt tells of news and of failures, and of nothing else", receiptTells},
		{"a receipt that comes before the answer tells of news too", receiptTellsEarly},
		{"ids of our messages are known", claimed},

		{"what waits for WhatsApp's window is apart, and goes first when it opens", parks},
		{"a template that asks the person to write is not the words", parkedKnock},
		{"what WhatsApp took and then refused comes back", tookAndRefused},
		{"what waits for WhatsApp's window is erased with what is kept", eraseParked},

		{"a timer written again replaces the first", timerReplaced},
		{"a timer ends with the turn that it wakes", timerEnds},
		{"later reminders follow from the first commit", timerThen},
		{"a lost timer comes back and the old lease is fenced", timerFenced},
		{"a dropped timer never wakes", timerDropped},

		{"an old address leads nowhere once its conversation moved", tombstone},
		{"a code is good once, for a while", codeOnce},
		{"a new code takes the old one's place", codeReplaced},
		{"a code is nowhere in clear", codeHidden},
		{"a handle leads where it is linked", relinks},
		{"a staff task moves", movesTask},
		{"what waits goes along in order, or the turn is refused", vacates},
		{"a move whose answer was lost is answered again", vacatesTwice},

		{"a draft is in no list", draftNotListed},
		{"the desk reads what was said, in order", deskReads},
		{"the desk is told of changes", deskChanges},
		{"an erased case is gone with its key", eraseCase},
		{"words do not join a case that was erased", appendAfterErase},
		{"answers cannot be joined to anybody", answersUnlinkable},
		{"words that belong to no case are kept", keptWords},
		{"erasing what is kept takes what waits to be sent", eraseKept},
		{"erasing what waits leaves nothing behind", eraseWaiting},
		{"staff tasks come soonest due first and are replaced", staffTasks},

		{"the desk is told what to read again", feeds},
		{"a drawer's record is written over by who read it", drawers},
		{"what was put away for a while is gone after it", drawnEnds},
		{"every line of the audit log follows the one before", auditChain},
		{"lines that come at once are all in the audit log", auditAtOnce},
		{"a form's turn is known again", turnDone},
		{"what happened to cases is told in order", events},
		{"what happened long ago is let go", eventsEnd},
		{"a walk comes by each case once", walks},

		{"a flow's version never changes, its wording does", flowVersions},
		{"a watermark only moves forward", watermark},
		{"one instance at a time holds a guard", guard},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.run(&world{Fixture: open(t), t: t, ctx: context.Background()})
		})
	}
}
