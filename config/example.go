package config

import _ "embed"

// Example is a whole configuration with a comment on each setting.
//
//go:embed example.yaml
var Example string
