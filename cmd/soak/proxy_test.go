package main

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
)

// The proxy must pass on what it does not understand byte for byte, or it is the
// fault that is seen.
func FuzzReadValue(f *testing.F) {
	for _, s := range []string{"+OK\r\n", ":12\r\n", "$5\r\nhello\r\n", "$-1\r\n", "*2\r\n$1\r\na\r\n*1\r\n:1\r\n", "*-1\r\n", "*0\r\n", "-ERR no\r\n", "$9\r\nshort"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if bytes.Contains(raw, []byte("0000000")) || len(raw) > 1<<16 {
			t.Skip("a length that is only memory")
		}
		r := bufio.NewReader(bytes.NewReader(raw))
		got, err := readValue(r, nil)
		if err == nil && !bytes.HasPrefix(raw, got) {
			t.Errorf("%q became %q", raw, got)
		}
	})
}

func TestScriptsAreKnown(t *testing.T) {
	hash := strings.Repeat("ab", 20)
	call := []byte("*3\r\n$7\r\nevalsha\r\n$40\r\n" + hash + "\r\n$1\r\n1\r\n")
	if !isScript(call) || scriptOf(call) != hash {
		t.Errorf("script %v, named %q", isScript(call), scriptOf(call))
	}
	if isScript([]byte("*1\r\n$4\r\nping\r\n")) {
		t.Error("a ping is taken for a script")
	}
}
