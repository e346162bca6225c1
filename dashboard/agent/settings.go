package agent

import "yanzhen/pipeline/declare"

// Settings is what is configured of agents.
type Settings struct {
	Cells bool `yaml:"cells"`
}

// Declared says what is declared of agents.
func (Settings) Declared() declare.Keys {
	return declare.Keys{
		"cells": {Zh: "角色为智能体的账号看得到被拒收的单元格里写了什么；不写则只看到规则与位置", En: "accounts of the role agent see what stands in refused cells; else only rule and place", Default: "false", Example: "true"},
	}
}
