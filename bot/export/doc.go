// Package export writes what a provider must be able to take out: cases, their
// timelines, the audit log, and the yearly tables that are asked of it. It writes as
// it reads, so that its memory does not grow with the number of cases.
//
// It sees what the desk shows: of who is anonymous nothing, of who is confidential
// nothing. The yearly tables are for those they are sent to, not for publication:
// small numbers stand in them as they are.
package export
