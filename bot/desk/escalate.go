package desk

import (
	"time"

	"heard/bot"
)

// When a task that nobody does goes on to somebody else. It is reckoned from its dates
// whenever a list is shown: nothing is written, and nothing can be forgotten.
const (
	// Working days after the day on which it was due. A day is for who was ill; after a
	// week of them whoever leads has not managed either.
	toLeadDays     = 1
	toGuardianDays = 5

	// An alert that nobody has taken goes on with the second and third time that
	// somebody is told of it.
	alertToLead     = 45 * time.Minute
	alertToGuardian = 75 * time.Minute
)

// escalated is to whom a task has gone on, beside who has it; empty: to nobody.
func escalated(t bot.StaffTask, now *days) Role {
	if isDanger(t.Kind) && t.Owner == "" {
		switch age := now.Sub(t.At); {
		case age >= alertToGuardian:
			return Guardian
		case age >= alertToLead:
			return Lead
		}
		return ""
	}
	switch late := -now.until(t.Due); {
	case late >= toGuardianDays:
		return Guardian
	case late >= toLeadDays:
		return Lead
	}
	return ""
}

// reaches tells whether a task that went on has reached somebody.
func reaches(to Role, who Who) bool {
	switch to {
	case Lead:
		return who.May(GiveOut)
	case Guardian:
		return who.May(GiveOut) || who.May(SeeGuarded)
	}
	return false
}

// forGuardian is a task as who reads no case may see it: that it waits, not what a
// person wrote; but of danger they must know what it is.
func forGuardian(i Item) Item {
	if !i.Danger {
		i.Task.Words = ""
	}
	i.HasPhone = false
	return i
}
