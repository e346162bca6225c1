package configs

import _ "embed"

// Defaults is yanzhen.yaml: where an installation runs when nothing else is said.
//
//go:embed yanzhen.yaml
var Defaults []byte
