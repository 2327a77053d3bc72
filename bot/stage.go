package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/looplab/fsm"

	"heard/flows"
)

// The events that move a case from stage to stage.
const (
	stageOpen     = "open"     // the person sent it
	stageOutcome  = "outcome"  // an outcome was offered
	stageAccept   = "accept"   // the person accepts it
	stageReopen   = "reopen"   // the person disagrees, or staff look again
	stageEscalate = "escalate" // it went to the ombudsman
)

// stageEvents is the machine of a case. Considering has no case.
var stageEvents = fsm.Events{
	{Name: stageOpen, Src: []string{string(flows.Making)}, Dst: string(flows.Informed)},
	{Name: stageOutcome, Src: []string{string(flows.Informed), string(flows.Outcomes), string(flows.Reflecting)}, Dst: string(flows.Outcomes)},
	{Name: stageAccept, Src: []string{string(flows.Outcomes)}, Dst: string(flows.Reflecting)},
	{Name: stageReopen, Src: []string{string(flows.Outcomes), string(flows.Reflecting)}, Dst: string(flows.Informed)},
	{Name: stageEscalate, Src: []string{string(flows.Informed), string(flows.Outcomes), string(flows.Reflecting)}, Dst: string(flows.Outcomes)},
}

// moveStage moves a case by an event and notes the move. A case that is there
// already stays; one that the event cannot move is an error.
func (c *Case) moveStage(event string, now time.Time) error {
	m := fsm.NewFSM(string(c.Stage), stageEvents, nil)
	err := m.Event(context.Background(), event)
	if same, ok := err.(fsm.NoTransitionError); ok && same.Err == nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("move the stage of a case: %w", err)
	}
	c.Stage = flows.Stage(m.Current())
	c.History = append(c.History, StageLog{At: now, To: c.Stage, What: event})
	return nil
}
