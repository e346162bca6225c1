package agent

import (
	"net/http"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/agent/veil"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/declare"
)

// Settings is what is configured of the door for agents. It holds for whoever comes by it, whatever their role.
type Settings struct {
	Cells bool      `yaml:"cells"`
	Hide  veil.Hide `yaml:"hide"`
}

// Declared says what is declared of agents.
func (Settings) Declared() declare.Keys {
	return declare.Keys{
		"cells": {Zh: "从这个门进来的、有明细权限的账号看得到被拒收的单元格里写了什么；不写则不论角色只看到规则与位置", En: "accounts with the right of rows that come by this door see what stands in refused cells; else only rule and place, whatever the role", Default: "false", Example: "true"},
		"hide":  {Zh: "从这个门不论角色都不给看的", En: "what nobody sees by this door, whatever the role", Example: "{columns: [arrivals.enterprise], below: 10}"},
	}
}

// Elsewhere refuses an account of agents at every address but theirs where anything is hidden from them: no other door hides it.
func (s Settings) Elsewhere(v *access.Viewer, path string) error {
	if v == nil || !v.Role.Tokened() || path == "/mcp" || len(s.Hide.Datasets)+len(s.Hide.Columns)+len(s.Hide.Marks) == 0 && s.Hide.Below == 0 {
		return nil
	}
	return address.Coded(http.StatusForbidden, "agents_only", words.Get("agents_only"))
}
