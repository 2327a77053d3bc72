package main

import (
	"context"
	"flag"
)

// tryOut serves the page where a newcomer sees what heard does.
func tryOut(_ context.Context, p *program) error {
	return p.parse(flag.NewFlagSet("heard", flag.ContinueOnError), "")
}
