// Command heard is a chatbot through which people who use health and social care
// raise a concern by SMS, WhatsApp or Telegram, hear what is happening to it,
// hear the outcome, and say whether it made a difference.
//
// A tour of the packages, from the bottom up:
//
//	config            what an operator sets
//	flows             the flow language, and one pure function: Step
//	flows/library     the flows that ship, as files
//	channels          what a channel is; below it a package for each provider
//	bot               the domain: a message becomes a turn
//	bot/redisstore    a turn becomes true, by one script, or not at all
//	bot/dispatch      what is due is sent, or woken, or fetched
//	bot/desk          who may see and do what, and a case as it may be shown
//	bot/signon        staff sign in with their own system
//	bot/web           what pages share: files, headers, the stream of events
//	bot/console       the staff's pages
//	bot/tryout        the page where a newcomer sees what it does
//	bot/api           the desk for programs
//	bot/hooks         other systems are told what happens
//	bot/export        what may be taken out whole
//	bot/report        answers to the 21 statements become tables
//	cmd/heard         flags, wiring, start and stop order
//
// Without a command heard serves a try-out that keeps nothing. The exit codes
// are 0 for success, 1 where something failed (a check, a test, a server), and 2
// for a mistake in the command line or the configuration.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // working days are counted where the provider is
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := run(ctx, &program{
		args: os.Args[1:], in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv,
	})
	stop()
	os.Exit(code)
}

// program is what a command gets of the process it runs in.
type program struct {
	args    []string
	in      io.Reader
	out     io.Writer
	err     io.Writer
	getenv  func(string) string
	started func(address string) // told where a server listens; may be nil
}

// usageError is a mistake in the command line or the configuration.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// command is one of heard's commands.
type command struct {
	name string
	does string
	run  func(context.Context, *program) error
}

func commands() []command {
	return []command{
		{"serve", "take messages in and answer them, with a configuration file", serve},
		{"tell", "tell the person of a case something, when nobody can get to the desk", tell},
		{"chat", "talk to a flow in the terminal", chat},
		{"flows", "check, test, draw or list flows: heard flows check|test|graph|list", flowsCommand},
		{"user", "add, list and change the staff who may sign in: heard user add|list|roles|disable|enable|password", user},
		{"token", "let a program use the API: heard token add|list|revoke", token},
		{"hook", "tell another system what happens: heard hook add|list|remove|test", hook},
		{"export", "print cases, timelines, the audit log or a yearly table", printExport},
		{"audit", "print the audit log, and see that nothing in it was changed", audit},
		{"key", "print a new key for the configuration", key},
		{"config", "print a commented configuration", configExample},
		{"report", "print how far people agree with the 21 statements", printReport},
		{"health", "ask the server here whether it is alive", health},
	}
}

func run(ctx context.Context, p *program) int {
	name, named := "", false
	if len(p.args) > 0 && !strings.HasPrefix(p.args[0], "-") {
		name, named, p.args = p.args[0], true, p.args[1:]
	}
	if name == "help" || name == "" && len(p.args) > 0 && isHelp(p.args[0]) {
		usage(p.out)
		return exitOK
	}
	do := tryOut
	if named {
		do = nil
		for _, c := range commands() {
			if c.name == name {
				do = c.run
			}
		}
	}
	if do == nil {
		_, _ = fmt.Fprintf(p.err, "heard: there is no command %q\n\n", name)
		usage(p.err)
		return exitUsage
	}
	return exitCode(p, do(ctx, p))
}

func isHelp(arg string) bool { return arg == "-h" || arg == "-help" || arg == "--help" }

func exitCode(p *program, err error) int {
	var usage usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.As(err, &usage):
		_, _ = fmt.Fprintf(p.err, "heard: %v\n", err)
		return exitUsage
	}
	_, _ = fmt.Fprintf(p.err, "heard: %v\n", err)
	return exitFailed
}

func usage(w io.Writer) {
	_, _ = fmt.Fprint(w, "heard takes concerns and complaints by SMS, WhatsApp and Telegram, and answers them.\n\n"+
		"  heard           try it out in a browser; nothing is kept\n")
	for _, c := range commands() {
		_, _ = fmt.Fprintf(w, "  heard %-9s %s\n", c.name, c.does)
	}
	_, _ = fmt.Fprint(w, "\nheard COMMAND -h tells the flags of a command.\n")
}

// parse reads a command's flags; usage names its arguments.
func (p *program) parse(flags *flag.FlagSet, usage string) error {
	flags.SetOutput(p.err)
	flags.Usage = func() {
		_, _ = fmt.Fprintf(p.err, "usage: heard %s\n", usage)
		flags.PrintDefaults()
	}
	if err := flags.Parse(p.args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return usageError{err}
	}
	p.args = flags.Args()
	return nil
}
