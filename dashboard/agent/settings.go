package agent

import (
	"yanzhen/dashboard/agent/veil"
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
