package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"heard/config"
	"heard/flows"
	"heard/flows/library"
)

// flowsCommand works on flow files: the library, and folders laid over it.
func flowsCommand(ctx context.Context, p *program) error {
	const usage = "flows check|test|graph|list [flags] [folder ...]"
	if len(p.args) == 0 {
		return usageError{fmt.Errorf("say what to do with the flows: heard %s", usage)}
	}
	what := p.args[0]
	p.args = p.args[1:]
	switch what {
	case "check":
		return flowsCheck(ctx, p)
	case "test":
		return flowsTest(p)
	case "graph":
		return flowsGraph(p)
	case "list":
		return flowsList(p)
	}
	return usageError{fmt.Errorf("there is no heard flows %s: heard %s", what, usage)}
}

// flowsCheck tells everything that is wrong before a person meets it: in the library
// and the folders, or, with a configuration, in the flows of each of its providers.
func flowsCheck(_ context.Context, p *program) error {
	flags := flag.NewFlagSet("flows check", flag.ContinueOnError)
	languages := flags.String("languages", "en", "the `languages` that are required, parted by commas")
	file := flags.String("config", "", "the configuration `file` whose providers' flows, languages and WhatsApp templates are checked")
	if err := p.parse(flags, "flows check [-languages en,cy | -config heard.yaml] [folder ...]"); err != nil {
		return err
	}
	if *file == "" {
		src, err := checkSources(p, flows.CheckOptions{Languages: strings.Split(*languages, ",")}, p.args)
		if err != nil {
			return err
		}
		return printClaims(p, flows.Claims(src))
	}
	c, err := config.Load(*file, p.getenv)
	if err != nil {
		return usageError{err}
	}
	var failed error
	for _, one := range c.Providers {
		_, _ = fmt.Fprintf(p.out, "%s:\n", one.ID)
		o := flows.CheckOptions{Languages: one.Languages, WhatsApp: one.Twilio != nil && one.Twilio.WhatsAppFrom != ""}
		if _, err := checkSources(p, o, append([]string{one.Flows}, p.args...)); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", one.ID, err))
		}
	}
	return failed
}

// checkSources prints what is wrong with the library and the folders laid over it.
func checkSources(p *program, o flows.CheckOptions, folders []string) (*flows.Sources, error) {
	var problems flows.Problems
	src, err := sources(folders...)
	if err != nil && !errors.As(err, &problems) {
		return nil, err
	}
	problems = append(problems, flows.Check(src, o)...)
	for _, one := range problems {
		_, _ = fmt.Fprintln(p.out, one)
	}
	if blocking := len(problems.Blocking()); blocking > 0 {
		return nil, fmt.Errorf("%d problems stop these flows from being used", blocking)
	}
	_, _ = fmt.Fprintf(p.out, "%d flows can be used\n", len(src.Flows))
	return src, nil
}

// printClaims prints a table of the 21 statements: the steps that help to make each
// one true, and those that ask whether it was.
func printClaims(p *program, claims []flows.Claim) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "\nSTATEMENT\tMADE TRUE BY\tASKED BY")
	talked := 0
	for _, c := range claims {
		if c.ByConversation() {
			talked++
		}
		supports := "nothing: no step supports it"
		if len(c.Supports) > 0 {
			supports = strings.Join(c.Supports, ", ")
		}
		if c.Desk != "" {
			supports = "the desk: " + c.Desk + "; " + supports
		}
		measures := "nothing: no step measures it"
		if len(c.Measures) > 0 {
			measures = strings.Join(c.Measures, ", ")
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", c.Statement.ID, supports, measures)
	}
	_, _ = fmt.Fprintf(w, "\n%d of %d by conversation alone\n", talked, len(claims))
	return w.Flush()
}

// flowsTest plays every transcript of the library and the folders, and tells
// which steps and branches none of them meets.
func flowsTest(p *program) error {
	flags := flag.NewFlagSet("flows test", flag.ContinueOnError)
	provider := flags.String("provider", "", "whose wording files are laid over the flows, by `id`; then the folders' transcripts alone are played")
	languages := flags.String("languages", "en", "the `languages` of the flows, parted by commas")
	if err := p.parse(flags, "flows test [-provider id] [-languages en,cy] [folder ...]"); err != nil {
		return err
	}
	src, err := sources(p.args...)
	if err != nil {
		return err
	}
	set, err := flows.Compile(src, flows.Options{Languages: strings.Split(*languages, ","), Provider: *provider, Limits: limits()})
	if err != nil {
		return err
	}
	played := playedFiles{met: map[string]bool{}}
	for _, tree := range trees(p.args, *provider == "") {
		err := fs.WalkDir(tree, ".", func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".txt" {
				return err
			}
			return played.play(p, set, tree, path)
		})
		if err != nil {
			return fmt.Errorf("read transcripts: %w", err)
		}
	}
	for _, missing := range set.Unvisited(played.met) {
		_, _ = fmt.Fprintf(p.out, "no transcript meets %s\n", missing)
	}
	if played.foreign > 0 {
		_, _ = fmt.Fprintf(p.out, "%d in another language were not played: name it with -languages\n", played.foreign)
	}
	_, _ = fmt.Fprintf(p.out, "%d passed, %d failed\n", played.passed, played.failed)
	if played.failed > 0 {
		return fmt.Errorf("%d transcripts did not come true", played.failed)
	}
	return nil
}

// trees are the folders with transcripts. Those of the library speak its own
// words: a provider's layer is tested by the provider's.
func trees(folders []string, own bool) []fs.FS {
	var all []fs.FS
	if own {
		all = append(all, library.Transcripts)
	}
	for _, f := range folders {
		all = append(all, os.DirFS(f))
	}
	return all
}

// playedFiles counts transcripts, and holds the steps and branches that they met.
type playedFiles struct {
	passed, failed int
	foreign        int // in a language that the flows were not compiled in
	met            map[string]bool
}

// play plays one transcript and tells what did not come true.
func (f *playedFiles) play(p *program, set *flows.Set, tree fs.FS, path string) error {
	data, err := fs.ReadFile(tree, path)
	if err != nil {
		return err
	}
	tr, err := flows.ParseTranscript(path, data)
	if err != nil {
		_, _ = fmt.Fprintln(p.out, err)
		f.failed++
		return nil
	}
	if tr.Language != "" && !slices.Contains(set.Languages(), tr.Language) {
		f.foreign++
		return nil
	}
	problems, fired := tr.Run(set)
	for _, one := range problems {
		_, _ = fmt.Fprintln(p.out, one)
	}
	maps.Copy(f.met, fired)
	if len(problems) > 0 {
		f.failed++
	} else {
		f.passed++
	}
	return nil
}

// flowsList prints a table of the flows.
func flowsList(p *program) error {
	if err := p.parse(flag.NewFlagSet("flows list", flag.ContinueOnError), "flows list [folder ...]"); err != nil {
		return err
	}
	src, err := sources(p.args...)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "FLOW\tSTAGE\tSTEPS\tSTARTS ON\tTITLE")
	for _, f := range src.Flows {
		var words []string
		for _, s := range f.Start {
			words = append(words, s.Text)
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", f.Name, f.Stage, len(f.Steps), strings.Join(words, ", "), f.Title)
	}
	return w.Flush()
}

// flowsGraph draws flows as Mermaid and SVG.
func flowsGraph(p *program) error {
	flags := flag.NewFlagSet("flows graph", flag.ContinueOnError)
	out := flags.String("o", ".", "the `folder` to write NAME.mmd and NAME.svg into")
	only := flags.String("flow", "", "the one `flow` to draw; else all")
	if err := p.parse(flags, "flows graph [-o folder] [-flow name] [folder ...]"); err != nil {
		return err
	}
	src, err := sources(p.args...)
	if err != nil {
		return err
	}
	if *only != "" && !slices.ContainsFunc(src.Flows, func(f flows.FlowSource) bool { return f.Name == *only }) {
		return usageError{fmt.Errorf("there is no flow %q: heard flows list names them", *only)}
	}
	for i := range src.Flows {
		f := &src.Flows[i]
		if *only != "" && f.Name != *only {
			continue
		}
		if err := draw(p, f, *out); err != nil {
			return err
		}
	}
	return nil
}

func draw(p *program, f *flows.FlowSource, folder string) error {
	for ending, text := range map[string]string{".mmd": flows.Mermaid(f), ".svg": flows.SVG(f)} {
		path := filepath.Join(folder, f.Name+ending)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return fmt.Errorf("write the drawing: %w", err)
		}
		_, _ = fmt.Fprintln(p.out, path)
	}
	return nil
}
