package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"heard/flows"
)

// chatHelp is what /help prints.
const chatHelp = `Write as the person would. Besides, there are:
  [photo] [voice] [document] [location] [sticker]   send such a thing
  [tap LABEL]                                       tap a button
  /later 25 hours                                   let time pass
  /update WORDS   /outcome WORDS   /reflection      what staff do
  /staff KIND WORDS                                 anything else they tell: acknowledged, no_news, extension, care_check ...
  /fact handler Sam                                 what is known of the case: handler, decides, about, proposed, finding ...
  /move whatsapp                                    go on on another channel, once you were told a code
  /save FILE                                        keep this chat as a test
  /quit
`

// chat is the try-out in the terminal: one person, a clock that /later moves, and
// a staff that the same person plays.
func chat(_ context.Context, p *program) error {
	flags := flag.NewFlagSet("chat", flag.ContinueOnError)
	flow := flags.String("flow", "", "the `flow` to begin with; else the first message begins one")
	channel := flags.String("channel", "sms", "the `channel` to look like: sms, whatsapp or telegram")
	language := flags.String("language", "en", "the `language` that the person chose")
	provider := flags.String("provider", "", "whose wording files are laid over the flows, by `id`")
	if err := p.parse(flags, "chat [-flow name] [-channel sms|whatsapp|telegram] [-language en] [-provider id] [folder ...]"); err != nil {
		return err
	}
	c := flows.Channel(*channel)
	if !slices.Contains([]flows.Channel{flows.SMS, flows.WhatsApp, flows.Telegram}, c) {
		return usageError{fmt.Errorf("there is no channel %q: write sms, whatsapp or telegram", *channel)}
	}
	src, err := sources(p.args...)
	if err != nil {
		return err
	}
	languages := []string{"en"}
	if *language != "en" {
		languages = append(languages, *language)
	}
	set, err := flows.Compile(src, flows.Options{Languages: languages, Provider: *provider, Limits: limits()})
	if err != nil {
		return err
	}
	if *flow != "" && !set.Has(*flow) {
		return usageError{fmt.Errorf("there is no flow %q: heard flows list names them", *flow)}
	}
	talk := &talk{sim: flows.NewSimulation(set, c, *language), out: p.out}
	talk.sim.Now = time.Now()
	_, _ = fmt.Fprintf(p.out, "This is %s as the person sees it. Nothing is kept. /help tells what you can do; say hello.\n", c)
	if *flow != "" {
		if err := talk.sim.Begin(*flow); err != nil {
			return err
		}
		talk.show()
	}
	return talk.listen(p.in)
}

// talk is one chat.
type talk struct {
	sim   *flows.Simulation
	out   io.Writer
	shown int
}

// errQuit ends a chat.
var errQuit = errors.New("quit")

func (t *talk) listen(in io.Reader) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		err := t.line(strings.TrimSpace(lines.Text()))
		if errors.Is(err, errQuit) {
			return nil
		}
		if err != nil {
			_, _ = fmt.Fprintf(t.out, "  (%v)\n", err)
		}
		t.show()
	}
	return lines.Err()
}

func (t *talk) line(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "":
		return nil
	case "/quit":
		return errQuit
	case "/help":
		_, err := fmt.Fprint(t.out, chatHelp)
		return err
	case "/later":
		return t.sim.PassText(rest)
	case "/update", "/outcome", "/reflection":
		return t.sim.Happen(strings.TrimPrefix(word, "/"), rest)
	case "/staff":
		kind, words, _ := strings.Cut(rest, " ")
		if !t.sim.Set.Has(kind) {
			return fmt.Errorf("there is no flow %q: heard flows list names them", kind)
		}
		return t.sim.Happen(kind, words)
	case "/fact":
		return t.sim.Know(rest)
	case "/move":
		return t.sim.GoOn(flows.Channel(rest))
	case "/save":
		if err := os.WriteFile(rest, []byte(t.sim.Transcript()), 0o644); err != nil {
			return fmt.Errorf("the chat was not kept: %w", err)
		}
		_, err := fmt.Fprintf(t.out, "  (kept as %s)\n", rest)
		return err
	}
	if strings.HasPrefix(word, "/") {
		return fmt.Errorf("%s is not known: /help tells what is", word)
	}
	return t.sim.Write(line)
}

// show prints what was said since the last time.
func (t *talk) show() {
	for ; t.shown < len(t.sim.Said); t.shown++ {
		m := t.sim.Said[t.shown]
		_, _ = fmt.Fprintf(t.out, "\n  %s\n", strings.ReplaceAll(m.Text, "\n", "\n  "))
		for _, o := range m.Options {
			_, _ = fmt.Fprintf(t.out, "  [%s]\n", o.Label)
		}
	}
	_, _ = fmt.Fprintln(t.out)
}
