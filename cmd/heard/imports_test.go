package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which of our packages each package may import. Arrows point down
// only: flows, channels and config know nothing of ours, bot knows those two, and
// what lies below bot knows bot. A new package fails until it stands here.
var allowed = map[string][]string{
	"heard/config":                {},
	"heard/flows":                 {},
	"heard/flows/library":         {},
	"heard/channels":              {},
	"heard/channels/twilio":       {"heard/channels"},
	"heard/channels/telegram":     {"heard/channels"},
	"heard/channels/webchat":      {"heard/channels"},
	"heard/channels/channelstest": {"heard/channels"},
	"heard/channels/channelsuite": {"heard/channels", "heard/channels/channelstest"},
	"heard/bot":                   {"heard/flows", "heard/channels"},
	"heard/bot/redisstore":        {"heard/bot", "heard/flows", "heard/channels"},
	"heard/bot/storetest":         {"heard/bot", "heard/flows", "heard/channels"},
	"heard/bot/dispatch":          {"heard/bot", "heard/channels"},
	"heard/bot/photo":             {},
	"heard/bot/desk":              {"heard/bot", "heard/bot/hooks", "heard/bot/photo", "heard/flows", "heard/channels"},
	"heard/bot/web":               {},
	"heard/bot/console":           {"heard/bot", "heard/bot/desk", "heard/bot/export", "heard/bot/hooks", "heard/bot/report", "heard/bot/web", "heard/flows", "heard/channels"},
	"heard/bot/tryout":            {"heard/bot", "heard/bot/web", "heard/flows", "heard/channels"},
	"heard/bot/pagetest":          {"heard/bot", "heard/flows", "heard/flows/library", "heard/channels"},
	"heard/bot/api":               {"heard/bot", "heard/bot/desk", "heard/bot/export", "heard/bot/report"},
	"heard/bot/signon":            {"heard/bot/desk"},
	"heard/bot/mail":              {},
	"heard/bot/hooks":             {"heard/bot"},
	"heard/bot/export":            {"heard/bot", "heard/bot/desk", "heard/bot/report"},
	"heard/bot/report":            {"heard/bot", "heard/flows"},
	"heard/bot/files":             {"heard/bot", "heard/bot/photo"},
	"heard/cmd/soak": {
		"heard/flows", "heard/flows/library", "heard/channels", "heard/channels/channelstest", "heard/channels/twilio",
		"heard/channels/telegram", "heard/bot", "heard/bot/redisstore", "heard/bot/dispatch",
	},
	"heard/cmd/heard": {
		"heard/config", "heard/flows", "heard/flows/library", "heard/channels", "heard/channels/twilio", "heard/channels/telegram",
		"heard/channels/webchat", "heard/bot", "heard/bot/redisstore", "heard/bot/dispatch", "heard/bot/console", "heard/bot/tryout", "heard/bot/report",
		"heard/bot/files", "heard/bot/api", "heard/bot/hooks", "heard/bot/export", "heard/bot/desk", "heard/bot/signon", "heard/bot/mail",
	},
}

// only says which libraries are one package's alone.
var only = map[string]string{
	"github.com/redis/go-redis":       "heard/bot/redisstore heard/cmd/soak",
	"github.com/alicebob/miniredis":   "heard/bot/redisstore",
	"github.com/twilio/twilio-go":     "heard/channels/twilio",
	"github.com/go-telegram/bot":      "heard/channels/telegram",
	"github.com/prometheus":           "heard/cmd/heard",
	"github.com/aws":                  "heard/bot/files",
	"github.com/danielgtaylor/huma":   "heard/bot/api",
	"github.com/coreos/go-oidc":       "heard/bot/signon",
	"golang.org/x/oauth2":             "heard/bot/signon",
	"github.com/goccy/go-yaml":        "heard/config heard/flows",
	"github.com/looplab/fsm":          "heard/flows heard/bot",
	"testing":                         "heard/bot/storetest heard/bot/pagetest heard/channels/channelsuite",
	"github.com/rogpeppe/go-internal": "",
	"github.com/chromedp":             "heard/bot/pagetest",
	"pgregory.net/rapid":              "heard/bot/storetest",
}

// The layout shows the architecture only as long as the imports keep to it.
func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		may, listed := allowed[p.ImportPath]
		if !listed {
			t.Errorf("%s is not in the table of imports", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "heard/") && !slices.Contains(may, imported) {
				t.Errorf("%s imports %s, which its place in the house does not allow", p.ImportPath, imported)
			}
			for library, owners := range only {
				if (imported == library || strings.HasPrefix(imported, library+"/")) && !slices.Contains(strings.Fields(owners), p.ImportPath) {
					t.Errorf("%s imports %s, which is for %s alone", p.ImportPath, imported, owners)
				}
			}
		}
	}
}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "heard/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var one listed
		err := decoder.Decode(&one)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
}
