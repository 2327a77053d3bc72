// Package hooks tells other systems by webhook what happened to cases, so that a
// provider's own complaints system stays in step.
//
// Messages are signed as Standard Webhooks has it and say which case, what, and when:
// no person and no words. What is new is then read by the API, by who may. Each event
// is told at least once, and to each address in order, from the event log, which the
// commits of the cases themselves write; a number in the hook's own record says how
// far it has come, so that a restart or another instance goes on from there. An event
// that is not taken holds up those behind it for three days, and is given up then.
package hooks
