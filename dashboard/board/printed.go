package board

import (
	"strings"

	"yanzhen/pipeline/declare"
)

// Printed says what is printed on maps.
type Printed struct {
	Approval Approvals `yaml:"approval"`
}

// Approvals are the approval numbers of maps: one for all that have none of their own, or one for each.
type Approvals struct {
	All string            `yaml:",alone"`
	By  map[string]string `yaml:",inline"`
}

// Numbers are the approval numbers by map; "" stands for every map without one of its own.
func (a Approvals) Numbers() map[string]string {
	if a.All != "" {
		return map[string]string{"": strings.TrimSpace(a.All)}
	}
	return a.By
}

// Declared says what is declared of maps.
func (Printed) Declared() declare.Keys {
	return declare.Keys{"approval": {Zh: "印在地图上的审图号，按地图；没有的注明是内部使用的示意图", En: "approval number printed on each map; a map without one says that it is a sketch for internal use", Example: "{china: GS(2024)0650号}"}}
}

// Declared says what is declared of approval numbers.
func (Approvals) Declared() declare.Keys {
	return declare.Keys{"": {Zh: "所有地图的审图号；或 地图 -> 审图号", En: "the number of all maps; or map -> number", Example: "GS(2024)0650号"}}
}
