package console

import (
	"fmt"
	"strings"
	"unicode"

	"heard/bot"
	"heard/channels"
	"heard/flows"
)

// The words for what is kept as a code. An unknown code is shown spelled out, so
// that a new one is never an empty place.

// spelled turns "place_code" into "Place code".
func spelled(code string) string {
	words := []rune(strings.ReplaceAll(code, "_", " "))
	if len(words) > 0 {
		words[0] = unicode.ToUpper(words[0])
	}
	return string(words)
}

func statusName(s bot.CaseStatus) string {
	switch s {
	case bot.Draft:
		return "Not sent"
	case bot.Transferred:
		return "Passed on"
	case bot.Withdrawn:
		return "Taken back"
	}
	return spelled(string(s))
}

func stageName(s flows.Stage) string {
	switch s {
	case flows.Considering:
		return "Thinking about it"
	case flows.Making:
		return "Complaining"
	case flows.Informed:
		return "Kept informed"
	case flows.Outcomes:
		return "Outcome"
	case flows.Reflecting:
		return "Looking back"
	}
	return spelled(string(s))
}

// privacyView is who may know a person, in words.
type privacyView struct{ Label, Means string }

func privacyOf(privacy string) privacyView {
	switch privacy {
	case bot.PrivacyNamed:
		return privacyView{"Named", "Anyone who helps may know who it is."}
	case bot.PrivacyConfidential:
		return privacyView{"Confidential", "Only the complaints team may know who it is. This page shows no name."}
	case bot.PrivacyAnonymous:
		return privacyView{"Anonymous", "Nobody here can see who it is, and still you can write to each other."}
	}
	return privacyView{"Anonymous", "They have not chosen to be named, so nobody here can see who it is."}
}

func taskName(k bot.StaffTaskKind) string {
	switch k {
	case bot.ConfirmedDanger:
		return "Danger now"
	case bot.Danger:
		return "Danger"
	case bot.Acknowledge:
		return "Acknowledge"
	case bot.ReadReply:
		return "Read the reply"
	case bot.CallPerson:
		return "Call the person"
	case bot.Undelivered:
		return "Not delivered"
	case bot.NotUnderstood:
		return "Not understood"
	case bot.PersonLeft:
		return "Cannot be reached"
	case bot.Dispute:
		return "Disagrees"
	case bot.AskedWithdraw:
		return "Wants to take it back"
	case bot.NeedsPerson:
		return "Wants a person"
	case bot.HandedOver:
		return "Hand the case over"
	case bot.AskedErasure:
		return "Asks to be deleted"
	case bot.WebhookFailed:
		return "A system is not in step"
	}
	return spelled(string(k))
}

func entryName(k bot.EntryKind) string {
	switch k {
	case bot.Said:
		return "The person said"
	case bot.AlsoSaid:
		return "The person also said"
	case bot.Replied:
		return "The person wrote back"
	case bot.Told:
		return "Update"
	case bot.Found:
		return "Outcome"
	case bot.Noted:
		return "Note, for staff only"
	case bot.Asked:
		return "The person asked"
	case bot.Alerted:
		return "Words that may mean danger"
	case bot.Aside:
		return "A message was put aside"
	case bot.Delivery:
		return "What became of a message"
	case bot.WasRead:
		return "The person opened the outcome"
	case bot.Clocked:
		return "A date"
	case bot.AskedOf:
		return "A statement was asked for"
	case bot.Stated:
		return "A statement came, for staff only"
	}
	return spelled(string(k))
}

func mediaName(kind string) string {
	switch kind {
	case "photo", "sticker", "video", "document":
		return "a " + kind
	case "voice":
		return "a voice note"
	case "audio":
		return "a sound recording"
	}
	return ""
}

// channelName is the channel as people call it.
func channelName(c channels.Channel) string {
	switch c {
	case channels.SMS:
		return "SMS"
	case channels.WhatsApp:
		return "WhatsApp"
	case channels.Telegram:
		return "Telegram"
	}
	return fmt.Sprint(c)
}
