// Package library holds the flows that ship with heard, as files: what it says
// and asks until a provider rewords it. It must not know of code.
package library

import "embed"

// Files are the flows, their words and the data of the nations.
//
//go:embed *.yaml
var Files embed.FS

// Transcripts are conversations with these flows, which are their tests.
//
//go:embed transcripts/*.txt
var Transcripts embed.FS
