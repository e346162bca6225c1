package fetch_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/configs"
	"yanzhen/jobs"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/fetch"
	"yanzhen/pipeline/fetch/fetchtest"
)

// What the manual shows is read without a fault, with the datasets that are shipped.
func TestManual(t *testing.T) {
	text, err := os.ReadFile("../../docs/sources.md")
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for _, b := range regexp.MustCompile("(?s)```yaml (source|job)\n(name: (\\w+)\n.*?)```").FindAllSubmatch(text, -1) {
		fsys[string(b[1])+"s/"+string(b[3])+".yaml"] = &fstest.MapFile{Data: b[2]}
	}
	sources, err := fetch.Read(fsys, shipped.Datasets)
	if err != nil || len(sources) < 6 {
		t.Fatal(len(sources), err)
	}
	list, err := jobs.Read(fsys, "jobs", shipped.Names(), nil, fetch.Datasets(sources))
	if err != nil || len(list) != 2 || list[0].Dataset != "arrivals" || list[1].Dataset != "" {
		t.Fatal(list, err)
	}
}

// Every fault of a source is told, with its line and in both languages.
func TestBadSources(t *testing.T) {
	good := source(fetchtestServer, cursor)
	for name, bad := range map[string]struct{ old, new, want string }{
		"name":        {"name: moves\n", "name: move\n", `1: name: 是 "move"，应与文件名 "moves" 相同`},
		"dataset":     {"dataset: moves", "dataset: movs", `3: dataset: 是 "movs" (moves?)`},
		"sender":      {"sender: 人社局\n", "", `1: sender: 数据集 moves 按报送单位替换`},
		"zone":        {"zone: UTC", "zone: Beijing", `5: zone: 没有时区 "Beijing"`},
		"no zone":     {"zone: UTC\n", "", `zone: `},
		"key":         {"key: [id]", "key: []", `6: key: `},
		"period":      {"period: date\n", "", `period: 数据集 moves 按期间替换`},
		"kind":        {"kind: postgres", "kind: oracle", `9: database.kind: `},
		"secret":      {"{env: YANZHEN_TEST_SECRET}", "secret123", `15: database.password: `},
		"two secrets": {"{env: YANZHEN_TEST_SECRET}", "{env: A, file: /b}", `15: database.password: file 与 env 只能有一个`},
		"query":       {"select id, card", "delete from moved; select id, card", `16: database.query: 应为一条 SELECT`},
		"cursor":      {"columns: [changed, id]", "columns: []", `17: database.cursor.columns: `},
	} {
		fsys := fstest.MapFS{"sources/moves.yaml": {Data: []byte(strings.Replace(good, bad.old, bad.new, 1))}}
		_, err := fetch.Read(fs.FS(fsys), catalog(t).Datasets)
		if err == nil || !strings.Contains(err.Error(), bad.want) || strings.Contains(err.Error(), "secret123") {
			t.Errorf("%s: got %v\nwant %s", name, err, bad.want)
		}
	}
}

// Every fault of a mail box is told.
func TestBadMailboxes(t *testing.T) {
	const good = "name: moves\ntitle: {zh: 邮箱, en: Mail}\nmailbox:\n  host: imap.example.cn\n  user: a\n  password: {env: A}\n  senders: {a@b.cn: 甲局, \"@c.cn\": 乙局}\n"
	for name, bad := range map[string]struct{ old, new, want string }{
		"none":         {"", "", ""},
		"dataset":      {"mailbox:", "dataset: moves\nmailbox:", "mailbox: 邮箱不写 dataset"},
		"two":          {"mailbox:", "folder: {sftp: {host: h, user: u, host_key: k, password: {env: A}}}\nmailbox:", "mailbox: database、http、folder、mailbox 只能有一个"},
		"no senders":   {"  senders: {a@b.cn: 甲局, \"@c.cn\": 乙局}\n", "", "lacks senders"},
		"address":      {"a@b.cn", "李工", `mailbox.senders: "李工" 不是地址`},
		"twice":        {"a@b.cn: 甲局", "a@b.cn: 甲局, A@B.cn: 丙局", "写了两次"},
		"sender":       {"甲局", "../甲局", "不能作文件夹名"},
		"parted":       {"甲局", "甲_局", "不能作文件夹名"},
		"no password":  {"  password: {env: A}\n", "", "lacks password"},
		"the password": {"{env: A}", "secret123", "mailbox.password: "},
		"tls":          {"  user: a", "  user: a\n  tls: maybe", "mailbox.tls: "},
		"files":        {"  user: a", "  user: a\n  files: '('", "mailbox.files: "},
		"most":         {"  user: a", "  user: a\n  most_mb: 0", "mailbox.most_mb: "},
		"move":         {"  user: a", "  user: a\n  then: {move: inbox}", "mailbox.then.move: "},
		"host":         {"imap.example.cn", "imaps://imap.example.cn", "mailbox.host: "},
	} {
		list, err := fetch.Read(fstest.MapFS{"sources/moves.yaml": {Data: []byte(strings.Replace(good, bad.old, bad.new, 1))}}, catalog(t).Datasets)
		if bad.want == "" {
			if err != nil || !list["moves"].Whole() || list["moves"].Mailbox.Sender("X@C.cn") != "乙局" || list["moves"].Mailbox.Sender("x@sub.c.cn") != "" {
				t.Errorf("%s: %v", name, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), bad.want) || strings.Contains(err.Error(), "secret123") {
			t.Errorf("%s: got %v\nwant %s", name, err, bad.want)
		}
	}
}

var fetchtestServer = fetchtest.Server{Port: 5432}
