package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// longestLine bounds what is read of an input that is no line.
const longestLine = 4096

// readPassword reads a password: twice from the terminal, where it is not shown, or
// the first line of what is piped in.
func (p *program) readPassword(ctx context.Context, what string) (string, error) {
	if f, ok := p.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return p.askTwice(ctx, int(f.Fd()), what)
	}
	line, err := bufio.NewReader(io.LimitReader(p.in, longestLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", usageError{errors.New("there is no password: type it at the terminal, or pipe it in as one line")}
	}
	return line, nil
}

func (p *program) askTwice(ctx context.Context, terminal int, what string) (string, error) {
	first, err := p.ask(ctx, terminal, what+", of 12 characters or more: ")
	if err != nil {
		return "", err
	}
	second, err := p.ask(ctx, terminal, "Once more: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", usageError{errors.New("the two are not the same: nothing was changed; try again")}
	}
	return first, nil
}

// ask reads a line that is not shown. Who breaks off gets a terminal back that shows
// what they type.
func (p *program) ask(ctx context.Context, terminal int, what string) (string, error) {
	state, err := term.GetState(terminal)
	if err != nil {
		return "", fmt.Errorf("read from the terminal: %w", err)
	}
	_, _ = fmt.Fprint(p.err, what)
	type answer struct {
		text []byte
		err  error
	}
	typed := make(chan answer, 1)
	go func() { // it ends with the process where nobody types any more
		text, err := term.ReadPassword(terminal)
		typed <- answer{text, err}
	}()
	select {
	case a := <-typed:
		_, _ = fmt.Fprintln(p.err)
		if a.err != nil {
			return "", fmt.Errorf("read from the terminal: %w", a.err)
		}
		return string(a.text), nil
	case <-ctx.Done():
		_, _ = fmt.Fprintln(p.err)
		return "", errors.Join(errors.New("broken off: nothing was changed"), term.Restore(terminal, state))
	}
}
