package flows

import (
	"strings"
	"testing"
)

// problemsIn parses good text in one file and checks it.
func problemsIn(t *testing.T, text string, o CheckOptions) Problems {
	t.Helper()
	src, err := Parse(folderOf(map[string]string{"a.yaml": text}))
	if err != nil {
		t.Fatal(err)
	}
	return Check(src, o)
}

// wantProblems demands exactly these, in order, each by a part of it.
func wantProblems(t *testing.T, got Problems, want ...string) {
	t.Helper()
	for i, p := range got {
		if i >= len(want) || !strings.Contains(p.String(), want[i]) {
			t.Errorf("found %s, want %q", p, want)
			return
		}
	}
	if len(got) < len(want) {
		t.Errorf("not found: %q", want[len(got):])
	}
}

const askPlace = `fields:
  place: {type: text, privacy: ordinary}
  who: {type: option, privacy: ordinary}
---
flow: ask
steps:
  where:
    ask: Where did it happen?
    answer: text up to 100, optional
    save: place
    remind: 1 hour, 1 day
  who:
    ask: Who is it about?
    options: {me: Me and my whole family, b: Another}
    save: who
`

// A provider that does not use WhatsApp owes it no templates and no short
// labels; one that does would have reminders that never arrive.
func TestOnlyTheChannelsThatAreUsedAreChecked(t *testing.T) {
	wantProblems(t, problemsIn(t, askPlace, CheckOptions{Channels: []Channel{SMS, Telegram}}))
	wantProblems(t, problemsIn(t, askPlace, CheckOptions{Channels: []Channel{WhatsApp}}),
		"11:5: error: ask.where: a reminder after a day or more needs a template",
		"14:15: warning: ask.who: the label has 22 characters, and a WhatsApp button shows 20")
}

// Somebody who chose Welsh must not find that half of it is missing, least of
// all what keeps them safe.
func TestWantedLanguagesMustBeThere(t *testing.T) {
	const text = `flow: tell
steps:
  right: {say: You have a right to complain.}
  limits: {measure: making.serious}
  more: {say: Hello.}
---
protected:
  tell.right: {why: It is a right}
  tell.limits: {why: It is measured}
---
urgent:
  run: tell
  words: {en: [suicide]}
`
	welsh := CheckOptions{Languages: []string{"en", "cy"}}
	wantProblems(t, problemsIn(t, text, CheckOptions{Languages: []string{"en"}}))
	wantProblems(t, problemsIn(t, text, welsh),
		`1:7: error: the language "cy" is wanted, and no wording file is in it`, `urgent words are missing in "cy"`)
	const some = "---\nwording_for: tell\nlanguage: cy\nwording:\n  more.say: {was: Hello., now: Helo.}\n"
	wantProblems(t, problemsIn(t, text+some, welsh),
		`3:16: warning: tell.right: 2 texts are not translated to "cy": tell.right.say, statements.making.serious`,
		`8:3: error: "tell.right" is protected (It is a right), and it is not translated to "cy"`,
		`9:3: error: "tell.limits" is protected (It is measured), and it is not translated to "cy"`,
		`urgent words are missing in "cy"`)
}

const caseFlow = `flow: status
steps:
  again:
    say:
      text: Your case is {ref}.
      sms: Case {ref}
  must:
    ask: May we tell {provider}?
    answer: yes/no
    save: may
  more:
    ask: What else?
    answer: text up to 10, optional
    save: more
---
fields:
  may: {type: yes/no, privacy: ordinary}
  more: {type: text, privacy: ordinary}
---
protected:
  status.more: {why: It is needed}
---
`

// Danger words that lead nowhere leave a person in danger without an answer.
func TestUrgentWordsLeadToAFlow(t *testing.T) {
	wantProblems(t, problemsIn(t, "urgent:\n  run: danger\n  words: {en: [suicide]}\n", CheckOptions{}),
		`urgent words run the flow "danger", which does not exist`)
}

// What a provider or a translator may not do, and what they may.
func TestWordingFilesStayWithinTheirLimits(t *testing.T) {
	for name, c := range map[string]struct {
		wording string
		want    []string
	}{
		"a provider rewords": {"provider: p\nwording: {must.ask: {was: 'May we tell {provider}?', now: May we tell your GP?}}", nil},
		"a provider's translation follows its own words": {
			"provider: p\nwording: {must.ask: {was: 'May we tell {provider}?', now: May we tell your GP?}}\n---\n" +
				"wording_for: status\nprovider: p\nlanguage: cy\nwording: {must.ask: {was: May we tell your GP?, now: Gawn ni ddweud?}}", nil},
		"a channel's own words are translated": {
			"language: cy\nwording: {again.say.sms: {was: 'Case {ref}', now: 'Achos {ref}'}}", nil},
		"a channel's own words are stale": {
			"language: cy\nwording: {again.say.sms: {was: 'Your case is {ref}.', now: 'Achos {ref}'}}",
			[]string{`the text has changed since: it was "Your case is {ref}." and is "Case {ref}"`}},
		"a channel's own translation lacks a brace": {
			"language: cy\nwording: {again.say: {was: 'Your case is {ref}.', now: {text: 'Achos {ref}', sms: Achos}}}",
			[]string{"the translation uses no braces, and the text {ref}"}},
		"a translation hides": {
			"language: cy\nwording: {more.ask: {was: What else?, now: hide}}", []string{"only a provider hides"}},
		"a provider hides what is protected": {
			"provider: p\nwording: {more.ask: {was: What else?, now: hide}}", []string{"protected and may not be hidden: It is needed"}},
		"a provider hides what must be answered": {
			"provider: p\nwording: {must.ask: {was: 'May we tell {provider}?', now: hide}}", []string{"only an optional question may be hidden"}},
		"a provider hides nothing": {
			"provider: p\nwording: {mor.ask: {was: What else?, now: hide}}", []string{"there is no step \"mor\" to hide (did you mean more?)"}},
		"an extra question takes a name": {
			"provider: p\nextra: {more: {after: must, ask: Why?, answer: text up to 9, save: more}}", []string{"has a step of this name already"}},
		"an extra question acts": {
			"provider: p\nextra: {extra: {after: must, ask: Why?, answer: text up to 9, save: more, do: open case}}", []string{"may not have do"}},
		"extra questions follow each other": {
			"provider: p\nextra: {one: {after: must, say: Thanks.}, two: {after: one, say: Really.}}", nil},
		"the phone network takes a translated label": {
			"language: cy\nwording: {must.ask: {was: 'May we tell {provider}?', now: 'Anfonwch STOP {provider}'}}", []string{"tells people to send STOP"}},
	} {
		t.Run(name, func(t *testing.T) {
			wantProblems(t, problemsIn(t, caseFlow+"wording_for: status\n"+c.wording+"\n", CheckOptions{}), c.want...)
		})
	}
}

// The statements are a measure: nobody may word them to their liking.
func TestAProviderMayNotRewordTheStatements(t *testing.T) {
	wantProblems(t, problemsIn(t, "wording_for: statements\nprovider: p\nwording: {making.time: {was: I was able to make a complaint at a time that suited me, now: It was quick}}", CheckOptions{}),
		"a provider may not reword the statements")
}

// People are told to send words that arrive; words beside such an invitation are
// nobody's command.
func TestInvitationsToSendNetworkWords(t *testing.T) {
	for text, want := range map[string]string{
		"Send STOP to end.":                    "STOP",
		"Reply YES or NO.":                     "YES",
		"You can text us HELP at any time.":    "HELP",
		"Anfonwch \"STOP\" i orffen.":          "STOP",
		"Send STATUS any time.":                "",
		"Please stop. Send DONE.":              "",
		"We will help you. Reply to this.":     "",
		"The bus STOP is there.":               "",
		"Send it. The bus STOP is over there.": "",
	} {
		if got := tellsNetworkWord(text); got != want {
			t.Errorf("%q tells people to send %q, want %q", text, got, want)
		}
	}
}

func TestBlameGoesToTheCharacterThatCosts(t *testing.T) {
	long := strings.Repeat("gair. ", 16)
	for text, want := range map[string][]string{
		long:              nil,
		long + "â":        nil, // a letter is of the language, and two segments are few
		long + "…":        {"the text costs more as SMS: '…' (U+2026) makes it 2 instead of 1"},
		long + long + "â": {"phrases.a: the text is 3 SMS messages long: 'â' (U+00E2) makes it 3 instead of 2"},
		"Short…":          nil, // it costs nothing
	} {
		wantProblems(t, problemsIn(t, "phrases:\n  a: >\n    "+text+"\n", CheckOptions{}), want...)
	}
}
