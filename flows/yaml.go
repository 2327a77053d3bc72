package flows

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The limits of a file. People write these files: what is beyond the limits is
// an accident or an attack. The YAML library recurses on nesting, and takes time
// that grows with the square of a map's entries: a minute for 100,000.
const (
	maxFileBytes = 1 << 20
	maxFileLines = 20_000
	maxNesting   = 64
)

// yamlKind is what a node of a file is to the flow language.
type yamlKind int

const (
	yamlNothing yamlKind = iota // a key with nothing after it
	yamlWords                   // any scalar: "12" and "true" are words here
	yamlMap
	yamlList
	yamlOdd // tag, anchor, alias, merge, complex key: not part of the language
)

// yamlNode is a node of a file with its place. Maps keep the order of the file.
type yamlNode struct {
	pos   Pos
	kind  yamlKind
	words string     // quotes and blocks resolved, the last newline trimmed
	plain bool       // words without quotes, > or |
	cut   bool       // plain words that a comment on their last line ends
	flow  bool       // map or list in braces or brackets
	pairs []yamlPair // map
	items []yamlNode // list
}

type yamlPair struct{ key, value yamlNode }

// readYAML reads the documents of one file. A file that is not YAML gives one
// Problem, that says what to do where the cause is one of plain YAML's traps.
func readYAML(file string, data []byte) (docs []yamlNode, err error) {
	defer func() {
		if p := recover(); p != nil { // the library's parser panics on some input that is not YAML
			docs, err = nil, Problems{{
				Pos: Pos{File: file, Line: 1, Column: 1}, Severity: Block,
				Text: "the file cannot be read as YAML",
			}}
		}
	}()
	source, problem := readableSource(file, data)
	if problem != nil {
		return nil, Problems{*problem}
	}
	tree, err := parser.ParseBytes([]byte(source), parser.ParseComments, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, Problems{syntaxProblem(file, source, err)}
	}
	c := yamlConverter{file: file, lines: strings.Split(source, "\n")}
	for _, doc := range tree.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType {
			continue
		}
		docs = append(docs, c.node(doc.Body))
	}
	return docs, nil
}

// readableSource returns the file with plain newlines and without a byte order
// mark, or says why it is not read at all.
func readableSource(file string, data []byte) (string, *Problem) {
	refuse := func(line int, format string, args ...any) (string, *Problem) {
		return "", &Problem{
			Pos: Pos{File: file, Line: line, Column: 1}, Severity: Block, Text: fmt.Sprintf(format, args...),
		}
	}
	if len(data) > maxFileBytes {
		return refuse(1, "the file has more than 1 MB: split it into several")
	}
	source := strings.TrimPrefix(string(data), "\ufeff")
	source = strings.ReplaceAll(source, "\r\n", "\n")
	lines := strings.Split(source, "\n")
	if len(lines) > maxFileLines {
		return refuse(1, "the file has more than %d lines: split it into several", maxFileLines)
	}
	for i, line := range lines {
		if !utf8.ValidString(line) {
			return refuse(i+1, "this line is not UTF-8: save the file as UTF-8")
		}
		if at := strings.IndexFunc(line, isUnreadable); at >= 0 {
			return refuse(i+1, "this line has the control character %U: delete it", []rune(line[at:])[0])
		}
	}
	if line := tooDeep(lines); line > 0 {
		return refuse(line, "this is nested more than %d deep", maxNesting)
	}
	return source, nil
}

// isUnreadable tells control characters that no editor shows. A tab is told by
// the parser, where it matters.
func isUnreadable(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// tooDeep returns the first line on which more brackets stand open, or more
// markers of lists, keys, tags and anchors stand, than any flow has; 0 for none.
func tooDeep(lines []string) int {
	open := 0
	for i, line := range lines {
		for _, r := range line {
			switch r {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			}
			if open > maxNesting {
				return i + 1
			}
		}
		markers := 0
		for word := range strings.FieldsSeq(line) {
			if strings.IndexByte("?!&*-", word[0]) >= 0 || word[len(word)-1] == ':' {
				markers++
			}
		}
		if markers > maxNesting {
			return i + 1
		}
	}
	return 0
}

// yamlConverter turns the library's tree into yamlNodes.
type yamlConverter struct {
	file  string
	lines []string
}

func (c yamlConverter) node(n ast.Node) yamlNode {
	out := yamlNode{pos: c.pos(n), kind: yamlOdd}
	switch n := n.(type) {
	case *ast.NullNode:
		if out.kind = yamlNothing; n.Token.Type == token.NullType {
			out.kind, out.words, out.plain = yamlWords, n.Token.Value, true
		}
	case *ast.StringNode:
		out.kind, out.words = yamlWords, n.Value
		out.plain = n.Token.Type != token.SingleQuoteType && n.Token.Type != token.DoubleQuoteType
		out.cut = out.plain && c.commentFollows(n.Token)
	case *ast.LiteralNode:
		out.kind, out.words = yamlWords, strings.TrimRight(n.Value.Value, "\n")
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		out.kind, out.words, out.plain = yamlWords, n.GetToken().Value, true
		out.cut = c.commentFollows(n.GetToken())
	case *ast.SequenceNode:
		out.kind, out.flow = yamlList, n.IsFlowStyle
		for _, item := range n.Values {
			out.items = append(out.items, c.node(item))
		}
	case *ast.MappingNode:
		out.kind, out.flow = yamlMap, n.IsFlowStyle
		for _, pair := range n.Values {
			out.pairs = append(out.pairs, yamlPair{c.key(pair.Key), c.node(pair.Value)})
		}
	case *ast.MappingValueNode:
		out.kind = yamlMap
		out.pairs = []yamlPair{{c.key(n.Key), c.node(n.Value)}}
	}
	return out
}

// key converts the key of a map; "? key" and "<<" are odd.
func (c yamlConverter) key(n ast.MapKeyNode) yamlNode {
	if node, ok := n.(ast.Node); ok {
		return c.node(node)
	}
	return yamlNode{kind: yamlOdd, pos: Pos{File: c.file, Line: 1, Column: 1}}
}

// pos is where a node starts. A block map's own token is its first colon, so
// its place is that of its first key.
func (c yamlConverter) pos(n ast.Node) Pos {
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			n = m.Values[0].Key
		}
	case *ast.MappingValueNode:
		n = m.Key
	}
	pos := Pos{File: c.file, Line: 1, Column: 1}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return pos
	}
	at := n.GetToken().Position
	pos.Line, pos.Column = max(1, at.Line), max(1, at.Column)
	return pos
}

// commentFollows tells whether a comment begins on the line where t ends: then
// what looks like a comment may be the rest of the sentence.
func (c yamlConverter) commentFollows(t *token.Token) bool {
	next := t.Next
	if next == nil || next.Type != token.CommentType || next.Position == nil {
		return false
	}
	line := next.Position.Line
	if line < 1 || line > len(c.lines) {
		return false
	}
	before, _, found := strings.Cut(c.lines[line-1], "#")
	return found && strings.TrimSpace(before) != ""
}

// syntaxProblem says what is wrong with a file that is not YAML.
func syntaxProblem(file, source string, err error) Problem {
	p := Problem{Pos: Pos{File: file, Line: 1, Column: 1}, Severity: Block}
	message := err.Error()
	if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		message = syntax.Message
		if t := syntax.Token; t != nil && t.Position != nil {
			p.Pos.Line, p.Pos.Column = max(1, t.Position.Line), max(1, t.Position.Column)
		}
	}
	lines := strings.Split(source, "\n")
	if line, text, found := yamlTrap(lines, p.Pos.Line); found {
		p.Pos.Line, p.Pos.Column, p.Text = line, 1+indentOf(lines[line-1]), text
		return p
	}
	p.Text = "this is not YAML: " + message
	if strings.Contains(message, "\t") {
		p.Text = "a tab stands at the beginning of this line: indent with spaces"
	}
	return p
}
