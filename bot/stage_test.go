package bot

import (
	"testing"
	"time"

	"heard/flows"
)

// A case that goes where it may not is a date or a right that a person loses:
// every move that is not written here is refused, and changes nothing.
func TestStages(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	allowed := map[flows.Stage]map[string]flows.Stage{
		flows.Considering: {},
		flows.Making:      {stageOpen: flows.Informed},
		flows.Informed:    {stageOutcome: flows.Outcomes, stageEscalate: flows.Outcomes},
		flows.Outcomes: {
			stageOutcome: flows.Outcomes, stageAccept: flows.Reflecting, stageReopen: flows.Informed, stageEscalate: flows.Outcomes,
		},
		flows.Reflecting: {stageOutcome: flows.Outcomes, stageReopen: flows.Informed, stageEscalate: flows.Outcomes},
	}
	for from, moves := range allowed {
		for _, event := range []string{stageOpen, stageOutcome, stageAccept, stageReopen, stageEscalate, "elsewhere"} {
			c := &Case{Stage: from}
			err := c.moveStage(event, now)
			to, may := moves[event]
			switch {
			case !may && (err == nil || c.Stage != from || len(c.History) != 0):
				t.Errorf("%s from %s: became %s, %v, error %v", event, from, c.Stage, c.History, err)
			case may && (err != nil || c.Stage != to):
				t.Errorf("%s from %s: became %s, error %v", event, from, c.Stage, err)
			case may && to != from && (len(c.History) != 1 || c.History[0] != StageLog{At: now, To: to, What: event}):
				t.Errorf("%s from %s: history %v", event, from, c.History)
			case may && to == from && len(c.History) != 0:
				t.Errorf("%s from %s moved nothing, but is history", event, from)
			}
		}
	}
}
