package config

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Load reads the file, puts the environment into it, lays the settings of the
// environment over it, and checks the whole. An empty file name means that all
// comes from the defaults and the environment. The error is every mistake, a
// line each.
func Load(file string, getenv func(string) string) (Config, error) {
	if file == "" {
		return Parse("", nil, getenv)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return Default(), fmt.Errorf("read the configuration: %w: name another file with -config or HEARD_CONFIG", err)
	}
	return Parse(file, data, getenv)
}

// Parse is Load with the file's content at hand; file is its name in errors.
func Parse(file string, data []byte, getenv func(string) string) (Config, error) {
	c := Default()
	where, err := read(&c, file, data, getenv)
	if err != nil {
		return c, err
	}
	for _, s := range settings(&c) {
		if v := getenv("HEARD_" + strings.ToUpper(s.name)); v != "" {
			*s.value = v
		}
	}
	c.complete()
	return c, c.validate(where)
}

// setting is one of the settings that the environment may give.
type setting struct {
	name  string
	value *string
}

func settings(c *Config) []setting {
	return []setting{
		{"listen", &c.Listen}, {"public_url", &c.PublicURL}, {"redis", &c.Redis},
		{"durability", &c.Durability}, {"allow_data_loss", &c.AllowDataLoss},
	}
}

// read reads the file into c. The parser panics on some that are not YAML as
// people write it: that is an error like others.
func read(c *Config, file string, data []byte, getenv func(string) string) (where lines, err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%s: this cannot be read: compare it with what heard config prints", file)
		}
	}()
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return lines{}, fmt.Errorf("%s: %s", file, explain(err))
	}
	where = lines{file: file, at: map[string]int{}}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return where, nil // nothing, or only comments
	}
	var missing []error
	ast.Walk(expander{getenv: getenv, missing: &missing, where: &where}, tree.Docs[0].Body)
	if len(missing) > 0 {
		return where, errors.Join(missing...)
	}
	if err := yaml.NodeToValue(tree.Docs[0].Body, c, yaml.Strict()); err != nil {
		return where, fmt.Errorf("%s: %s", file, explain(err))
	}
	return where, nil
}

// explain shortens the parser's error to its place and its sentence: its excerpt
// of the file could show a secret.
func explain(err error) string {
	message, _, _ := strings.Cut(err.Error(), "\n")
	if unknown := regexp.MustCompile(`unknown field "(\w+)"`).FindStringSubmatch(message); unknown != nil {
		return message + hint(unknown[1])
	}
	return message
}

// lines remembers where each setting stands.
type lines struct {
	file string
	at   map[string]int
}

// of names a setting with its place.
func (l lines) of(path string) string {
	for p := path; p != ""; {
		if n := l.at[p]; n > 0 {
			return fmt.Sprintf("%s:%d: %s", l.file, n, path)
		}
		i := strings.LastIndexAny(p, ".[")
		if i < 0 {
			break
		}
		p = p[:i]
	}
	return path
}

// expander puts the environment's values into strings and notes where each
// setting stands.
type expander struct {
	getenv  func(string) string
	missing *[]error
	where   *lines
}

var variable = regexp.MustCompile(`\$\{(\w+)\}`)

// Visit looks at one node.
func (e expander) Visit(n ast.Node) ast.Visitor {
	if p := strings.TrimPrefix(n.GetPath(), "$."); p != "$" && n.GetToken() != nil && e.where.at[p] == 0 {
		e.where.at[p] = n.GetToken().Position.Line
	}
	s, ok := n.(*ast.StringNode)
	if !ok || !strings.Contains(s.Value, "${") {
		return e
	}
	s.Value = variable.ReplaceAllStringFunc(s.Value, func(m string) string {
		name := variable.FindStringSubmatch(m)[1]
		v := e.getenv(name)
		if v == "" {
			path := strings.TrimPrefix(s.GetPath(), "$.")
			*e.missing = append(*e.missing, fmt.Errorf("%s:%d: %s: the environment variable %s is not set or empty: set it, or write the value here",
				e.where.file, s.GetToken().Position.Line, path, name))
		}
		return v
	})
	return e
}
