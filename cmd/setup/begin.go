package setup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"yanzhen/configs"
	"yanzhen/dashboard/drafting"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// begin writes what yanzhen init writes, into the directory of declarations that the server has, and the names of the zone
// into its configuration. Nothing that is there is replaced.
func (d *Desk) begin(_ context.Context, b drafting.Beginning) (drafting.Begun, error) {
	desk := &Desk{
		Lang: b.Loc, Configs: d.Configs, Config: d.Config,
		Layers: func() (fs.FS, error) { return configs.Over(d.Configs) },
		Invalid: func(err error) error {
			all, ok := errors.AsType[Faults](err)
			if !ok {
				return drafting.Fault{Text: err.Error()}
			}
			no := drafting.Fault{Text: fmt.Sprintf(codes.Text{Zh: "有 %d 处要改，什么也没有写", En: "%d faults; nothing was written"}.In(b.Loc), len(all)), Of: map[string][]string{}}
			for _, x := range all {
				no.Of[x.Of] = append(no.Of[x.Of], x.Text)
			}
			return no
		},
	}
	f := &InitFlags{Zone: b.Zone, ZoneEn: b.ZoneEn, Contact: b.Contact, County: b.County}
	for _, l := range b.Parks {
		if _, where, _ := strings.Cut(named(l), "="); strings.Contains(l, "＝") || placeable(where) { // a colon may stand in a name
			l = named(l)
		}
		f.Park = append(f.Park, l)
	}
	for _, l := range b.Chains {
		f.Chain = append(f.Chain, named(l))
	}
	for _, l := range b.Senders {
		f.Sender = append(f.Sender, named(l))
	}
	for _, name := range []string{"maps/zone.yaml", "maps/zone.json"} {
		if _, err := os.Lstat(filepath.Join(d.Configs, filepath.FromSlash(name))); err == nil {
			f.drawn = true
		}
	}
	o, err := f.declarations(desk)
	if err != nil {
		return drafting.Begun{}, err
	}
	if err := desk.finish(); err != nil {
		return drafting.Begun{}, err
	}
	for _, name := range sortedKeys(o.files) {
		if _, err := os.Lstat(filepath.Join(d.Configs, filepath.FromSlash(name))); err == nil {
			return drafting.Begun{}, desk.Invalid(fmt.Errorf(desk.say("%s 已在：本单位已经写过，改那个文件，几秒后采用", "%s is there: the office has begun; change that file, it is taken up within seconds"), name))
		}
	}
	names := map[string]codes.Text{"zone": {Zh: f.Zone, En: cmp.Or(f.ZoneEn, o.writer.Name(f.Zone))}}
	if f.Contact != "" {
		names["contact"] = codes.Text{Zh: f.Contact, En: f.Contact}
	}
	err = desk.write(o.files, names)
	out := drafting.Begun{Files: sortedKeys(o.files), Notes: o.placed(desk, d.Configs)}
	if no, ok := errors.AsType[unwritten](err); ok {
		out.Notes = append(out.Notes, fmt.Sprintf(desk.say("名称没有写进 yanzhen.yaml（%v），请把下面的行写进去再重新启动：", "The names could not be written into yanzhen.yaml (%v); put these lines into it and start anew:"), no.error))
		out.Lines = said(names)
		return out, nil
	}
	if err != nil {
		return drafting.Begun{}, err
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
func said(names map[string]codes.Text) (out []string) {
	for _, key := range sortedKeys(names) {
		out = append(out, fmt.Sprintf("%s: {zh: %q, en: %q}", key, names[key].Zh, names[key].En))
	}
	return out
}

// configure puts names into a configuration file, which keeps its owner and who may read it. Where that cannot be, the file is
// left and the error says why.
func configure(path string, names map[string]codes.Text) error {
	if path == "" {
		return errors.New("there is no configuration file")
	}
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	was, err := os.Stat(path)
	if err != nil {
		return err
	}
	if text, err = declare.Put(text, names); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Chmod(was.Mode().Perm())
	}
	if of, ok := was.Sys().(*syscall.Stat_t); ok && err == nil {
		err = f.Chown(int(of.Uid), int(of.Gid))
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
