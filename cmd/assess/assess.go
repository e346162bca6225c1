// Package assess answers what an assessor of GB/T 22239-2019 (等保), level 3, asks of the software: one declared source, from
// which both the table of the manual and the workbook come.
package assess

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/workbook"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

//go:embed dengbao.yaml
var source []byte

// Clause is a clause of the standard with what answers it.
type Clause struct {
	Number   string   `yaml:"number"`
	Group    string   `yaml:"group"`
	Asks     string   `yaml:"asks"`
	State    string   `yaml:"state"`
	Here     string   `yaml:"here"`
	Tests    []string `yaml:"tests"`
	Commands []string `yaml:"commands"`
}

type file struct {
	Clauses []Clause `yaml:"clauses"`
}

// states are how a clause is answered, in the assessor's words.
var states = map[string]string{"met": "满足", "partly": "部分满足", "office": "由使用单位落实", "na": "不适用"}

// Declared says what is declared.
func (file) Declared() declare.Keys {
	return declare.Keys{"clauses": {Zh: "条款", En: "the clauses", Required: true}}
}

// Declared says what is declared of a clause.
func (Clause) Declared() declare.Keys {
	return declare.Keys{
		"number":   {Zh: "条款编号", En: "its number", Required: true},
		"group":    {Zh: "控制点", En: "the control it belongs to", Required: true},
		"asks":     {Zh: "要求，用自己的话", En: "what it asks, in words of our own", Required: true},
		"state":    {Zh: "怎样满足", En: "how it is answered", Required: true, OneOf: []string{"met", "partly", "office", "na"}},
		"here":     {Zh: "本软件的做法", En: "what the software does", Required: true},
		"tests":    {Zh: "证据：测试", En: "the tests that show it"},
		"commands": {Zh: "证据：命令", En: "the commands that show it"},
	}
}

// Clauses are all clauses in the order of the standard.
func Clauses() ([]Clause, error) {
	var f file
	err := declare.Parse("dengbao.yaml", source, &f).Err()
	return f.Clauses, err
}

var heads = []string{"条款", "控制点", "要求（概括）", "结论", "本软件的做法", "证据：测试", "证据：命令"}

func (c Clause) cells(sep, quote string) []string {
	wrap := func(list []string) string {
		var out []string
		for _, x := range list {
			out = append(out, quote+x+quote)
		}
		return strings.Join(out, sep)
	}
	return []string{c.Number, c.Group, c.Asks, states[c.State], c.Here, wrap(c.Tests), wrap(c.Commands)}
}

// Markdown is docs/dengbao.md.
func Markdown() (string, error) {
	list, err := Clauses()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(`# 等保三级对照表

GB/T 22239-2019 第三级中软件能回答的条款（安全计算环境与安全管理中心）。编号是标准的，要求用自己的话概括，以标准原文为准；物理环境、网络、制度和人员由使用单位回答。“由使用单位落实”“部分满足”的行写明还差什么。测试用 ` + "`go test ./... -run 名称`" + ` 重现。同一来源的工作簿：` + "`yanzhen access dengbao --out dengbao.xlsx`" + `。

What GB/T 22239-2019 (等保), level 3, asks of software, clause by clause, with what answers it; written from cmd/assess/dengbao.yaml by ` + "`yanzhen access dengbao --markdown`" + `. It is in Chinese, as its assessors are.

`)
	b.WriteString("| " + strings.Join(heads, " | ") + " |\n|" + strings.Repeat("---|", len(heads)) + "\n")
	for _, c := range list {
		b.WriteString("| " + strings.Join(c.cells("，", "`"), " | ") + " |\n")
	}
	return b.String(), nil
}

// Workbook writes the clauses and the matrix of roles and rights, as the duties are spread, as a workbook.
func Workbook(out io.Writer, d access.Duties) error {
	list, err := Clauses()
	if err != nil {
		return err
	}
	clauses := workbook.Plain{Name: "等保三级", Heads: heads, Widths: []float64{11, 14, 34, 15, 62, 30, 36}, Rows: func(yield func([]any) bool) {
		for _, c := range list {
			if !yield(row(c.cells("\n", ""))) {
				return
			}
		}
	}}
	if err := workbook.WritePlain(out, clauses, roles(d, codes.Zh)); err != nil {
		return fmt.Errorf("the workbook for an assessor: %w", err)
	}
	return nil
}

// Matrix writes the matrix of roles and rights alone: as the duties are spread here, and where they are spread the other way.
func Matrix(out io.Writer, d access.Duties, lang codes.Lang) error {
	other := access.Separate
	if d == other {
		other = access.Joint
	}
	here, there := roles(d, lang), roles(other, lang)
	there.Name = duties[other].In(lang)
	if err := workbook.WritePlain(out, here, there); err != nil {
		return fmt.Errorf("the matrix of roles and rights: %w", err)
	}
	return nil
}

// duties are what the ways of spreading them are called.
var duties = map[access.Duties]codes.Text{
	access.Joint:    {Zh: "三员合一时", En: "Where duties are joint"},
	access.Separate: {Zh: "三员分立时", En: "Where duties are separate"},
}

// roles is the sheet of roles and rights.
func roles(d access.Duties, lang codes.Lang) workbook.Plain {
	said := func(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(lang) }
	matrix := workbook.Plain{Name: said("角色与权限", "Roles and rights"), Heads: []string{said("角色", "Role")}, Widths: []float64{26}}
	for _, r := range access.Rights {
		matrix.Heads, matrix.Widths = append(matrix.Heads, r.Name+"\n"+r.Text.In(lang)), append(matrix.Widths, 16)
	}
	var rows [][]any
	for _, x := range access.Roles {
		cells := []string{string(x.Role) + " " + x.Text.In(lang)}
		for _, r := range access.Rights {
			cells = append(cells, map[bool]string{true: "✓", false: "-"}[x.Role.May(d)&r.Right != 0])
		}
		rows = append(rows, row(cells))
	}
	matrix.Rows = slices.Values(rows)
	return matrix
}

func row(cells []string) (out []any) {
	for _, c := range cells {
		out = append(out, c)
	}
	return out
}
