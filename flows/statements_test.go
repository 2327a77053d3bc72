package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

// One word changed makes answers incomparable with everybody else's.
func TestStatementsAreTheTwentyOneInTheirExactWording(t *testing.T) {
	perStage := map[Stage]int{}
	ids := map[string]bool{}
	all := sha256.New()
	for _, s := range Statements() {
		perStage[s.Stage]++
		ids[s.ID] = true
		all.Write([]byte(s.ID + "\t" + s.Text + "\n"))
		if !strings.HasPrefix(s.ID, string(s.Stage)+".") {
			t.Errorf("%s is not of the stage %s", s.ID, s.Stage)
		}
		if found, ok := StatementByID(s.ID); !ok || found != s {
			t.Errorf("%s is not found by its id", s.ID)
		}
	}
	want := map[Stage]int{Considering: 4, Making: 5, Informed: 4, Outcomes: 4, Reflecting: 4}
	for stage, n := range want {
		if perStage[stage] != n {
			t.Errorf("%s has %d statements, want %d", stage, perStage[stage], n)
		}
	}
	if len(ids) != 21 {
		t.Errorf("%d different ids, want 21", len(ids))
	}
	const published = "c3f8c0372efcf49834e39966706a45724c9231907b5cefdd02f1c1c793d80ef1"
	if sum := hex.EncodeToString(all.Sum(nil)); sum != published {
		t.Errorf("the wording is not the published one: %s", sum)
	}
}

// What one caller does to the list must not reword another's question.
func TestStatementsAreTheCallersOwn(t *testing.T) {
	Statements()[0].Text = "changed"
	if Statements()[0].Text == "changed" {
		t.Error("the list is shared")
	}
}

func TestNoStatementByAnUnknownID(t *testing.T) {
	if s, ok := StatementByID("making.unknown"); ok {
		t.Errorf("found %v", s)
	}
}

// A statement that nothing works for is a promise nobody keeps.
func TestClaims(t *testing.T) {
	src := mustParse(t, "flow: x\nsteps:\n  a: {say: Hello., supports: [making.time, making.serious]}\n  b: {measure: making.time}\n"+
		"---\ndesk:\n  making.serious: Staff do it\n")
	for _, c := range Claims(src) {
		switch c.Statement.ID {
		case "making.time":
			if !c.ByConversation() || c.Supports[0] != "x.a" || c.Measures[0] != "x.b" {
				t.Errorf("making.time is %+v", c)
			}
		case "making.serious":
			if c.ByConversation() || c.Desk != "Staff do it" {
				t.Errorf("making.serious is %+v", c)
			}
		default:
			if c.ByConversation() || len(c.Supports)+len(c.Measures) > 0 {
				t.Errorf("%s is %+v", c.Statement.ID, c)
			}
		}
	}
}
