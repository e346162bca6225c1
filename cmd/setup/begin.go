package setup

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"

	"yanzhen/configs"
	"yanzhen/dashboard/drafting"
	"yanzhen/pipeline/codes"
)

// begin writes what yanzhen init writes, into the directory of declarations that the server has, and the names of the zone
// into its configuration. Nothing that is there is replaced.
func (d *Desk) begin(_ context.Context, b drafting.Beginning) (drafting.Begun, error) {
	desk := &Desk{
		Lang: b.Loc, Configs: d.Configs, Config: d.Config,
		Layers:  func() (fs.FS, error) { return configs.Over(d.Configs) },
		Invalid: func(err error) error { return drafting.Fault{Text: err.Error()} },
	}
	f := &InitFlags{Zone: b.Zone, ZoneEn: b.ZoneEn, Contact: b.Contact, Park: b.Parks}
	for _, l := range b.Chains {
		f.Chain = append(f.Chain, named(l))
	}
	for _, l := range b.Senders {
		f.Sender = append(f.Sender, named(l))
	}
	if f.Zone == "" {
		return drafting.Begun{}, desk.Invalid(errors.New(desk.say("写明开发区名称", "name the zone")))
	}
	w, files, err := f.declarations(desk)
	if err != nil {
		return drafting.Begun{}, err
	}
	for _, name := range sortedKeys(files) {
		if _, err := os.Lstat(filepath.Join(d.Configs, filepath.FromSlash(name))); err == nil {
			return drafting.Begun{}, desk.Invalid(fmt.Errorf(desk.say("%s 已在：本单位已经写过，改那个文件，几秒后采用", "%s is there: the office has begun; change that file, it is taken up within seconds"), name))
		}
	}
	if err := desk.write(files); err != nil {
		return drafting.Begun{}, err
	}
	out := drafting.Begun{Files: sortedKeys(files)}
	names := map[string]codes.Text{"zone": {Zh: f.Zone, En: cmp.Or(f.ZoneEn, w.Name(f.Zone))}}
	if f.Contact != "" {
		names["contact"] = codes.Text{Zh: f.Contact, En: f.Contact}
	}
	if err := configure(d.Config, names); err != nil {
		out.Notes = append(out.Notes, desk.say("名称没有写进 yanzhen.yaml，请写上这几行再重新启动：", "The names could not be written into yanzhen.yaml; add these lines and start anew: ")+said(names))
		return out, nil
	}
	out.Files = append(out.Files, d.Config)
	return out, nil
}

// named is a line of a form as the command takes it: NAME=LIST, whatever sign stands between.
func named(line string) string {
	if strings.Contains(line, "=") {
		return line
	}
	return strings.NewReplacer("＝", "=", "：", "=", ":", "=").Replace(line)
}

// said are names as lines of yanzhen.yaml.
func said(names map[string]codes.Text) string {
	var out []string
	for _, key := range sortedKeys(names) {
		out = append(out, fmt.Sprintf("%s: {zh: %q, en: %q}", key, names[key].Zh, names[key].En))
	}
	return strings.Join(out, "\n")
}

// configure puts names into a configuration file, whose other lines and comments stay.
func configure(path string, names map[string]codes.Text) error {
	if path == "" {
		return errors.New("there is no configuration file")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return err
	}
	if doc.Kind == 0 {
		doc = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return fmt.Errorf("%s: no mapping", path)
	}
	for _, key := range sortedKeys(names) {
		word := func(s string, style yaml.Style) *yaml.Node {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: style}
		}
		value := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, Content: []*yaml.Node{
			word("zh", 0), word(names[key].Zh, yaml.DoubleQuotedStyle), word("en", 0), word(names[key].En, yaml.DoubleQuotedStyle),
		}}
		at := -1
		for i := 0; i+1 < len(root.Content); i += 2 {
			if root.Content[i].Value == key {
				at = i
			}
		}
		if at < 0 {
			root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
		} else {
			root.Content[at+1] = value
		}
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := errors.Join(e.Encode(&doc), e.Close()); err != nil {
		return err
	}
	beside := path + ".new"
	if err := os.WriteFile(beside, out.Bytes(), 0o640); err != nil {
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		return errors.Join(err, os.Remove(beside))
	}
	return nil
}
