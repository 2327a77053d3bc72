// Command soak plays Twilio, Telegram and the people behind them against real
// heard processes and a real redis-server, all on this machine, and accounts for
// every message: lost, doubled, out of order, late.
//
//	soak run      people write at a rate, for a time, with or without kills
//	soak faults   every fault that Heard must live through, by name
//	soak bench    turns a second and latency, beside an empty handler's
//	soak sizes    what a turn costs in a full store, and what a record weighs
//
// It must not know how heard works inside: it sees what people, providers and
// staff see, and otherwise only what passes between heard and Redis.
//
// The exit codes are those of heard: 0 for success, 1 where something was lost,
// doubled, or not as it must be, 2 for a mistake in the command line.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// command is one of soak's commands.
type command struct {
	name string
	does string
	run  func(ctx context.Context, out io.Writer, args []string) error
}

func commands() []command {
	return []command{
		{"run", "people write at a rate, for a time; -kills kills heard at random meanwhile", runCommand},
		{"faults", "play every fault, or with -only one, and say what was seen", faultsCommand},
		{"bench", "turns a second and latency, beside an empty signed handler and the bare script", benchCommand},
		{"sizes", "what a turn costs in a full store beside an empty one, and what a record weighs", sizesCommand},
		{yardstickName, "the empty handler that bench compares with; bench starts it", yardstickCommand},
	}
}

// errUsage is a mistake in the command line, which the flag package has told.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

func run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		usage(os.Stderr)
		return exitUsage
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		err := c.run(ctx, os.Stdout, args[1:])
		if builtIn != "" {
			_ = os.RemoveAll(builtIn) // in the system's folder for such
		}
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return exitOK
		case errors.Is(err, errUsage):
			return exitUsage
		}
		_, _ = fmt.Fprintf(os.Stderr, "soak: %v\n", err)
		return exitFailed
	}
	usage(os.Stderr)
	return exitUsage
}

func usage(w io.Writer) {
	_, _ = fmt.Fprint(w, "soak plays people and providers against real heard processes, and accounts for every message.\n\n")
	for _, c := range commands() {
		if c.name != yardstickName {
			_, _ = fmt.Fprintf(w, "  soak %-7s %s\n", c.name, c.does)
		}
	}
	_, _ = fmt.Fprint(w, "\nsoak COMMAND -h tells the flags of a command. It needs Go and redis-server.\n")
}

// parse reads a command's flags, of which none has arguments behind it.
func parse(flags *flag.FlagSet, args []string) error {
	flags.SetOutput(os.Stderr)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return errUsage
	case flags.NArg() > 0:
		_, _ = fmt.Fprintf(os.Stderr, "soak %s takes no %q\n", flags.Name(), flags.Arg(0))
		return errUsage
	}
	return nil
}
