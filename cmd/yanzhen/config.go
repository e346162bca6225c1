package main

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"yanzhen/cmd/people"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/agent"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/document/form"
	"yanzhen/dashboard/metric/small"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/openlineage"
	"yanzhen/pipeline/scan"
	"yanzhen/pipeline/trace"
	"yanzhen/pipeline/warehouse/cluster"
	"yanzhen/pipeline/warehouse/door"
)

// config is yanzhen.yaml.
type config struct {
	Zone      codes.Text           `yaml:"zone"`
	Contact   codes.Text           `yaml:"contact"`
	Demo      bool                 `yaml:"demo"`
	Listen    string               `yaml:"listen"`
	Hosts     []string             `yaml:"hosts"`
	TLS       people.TLS           `yaml:"tls"`
	Proxies   []string             `yaml:"proxies"`
	Access    people.Settings      `yaml:"access"`
	Privacy   privacy              `yaml:"privacy"`
	Dir       string               `yaml:"dir"`
	Inbox     string               `yaml:"inbox"`
	Still     time.Duration        `yaml:"still"`
	Scan      scan.Settings        `yaml:"scan"`
	TimeZone  string               `yaml:"time_zone"`
	Database  database             `yaml:"database"`
	KeyFile   string               `yaml:"key_file"`
	Map       board.Printed        `yaml:"map"`
	Ranking   string               `yaml:"ranking"`
	Scopes    map[string]string    `yaml:"scopes"`
	Documents form.Settings        `yaml:"documents"`
	Agents    agent.Settings       `yaml:"agents"`
	Traces    trace.Settings       `yaml:"traces"`
	Lineage   openlineage.Settings `yaml:"lineage"`

	Within `yaml:",inline"`
}

// Within says when something happens at the latest.
type Within struct {
	StopWithin   time.Duration `yaml:"stop_within"`
	BackupWithin time.Duration `yaml:"backup_within"`
	ReadyAfter   string        `yaml:"ready_after"` // a duration, or never
}

// Declared says what is declared of that.
func (Within) Declared() declare.Keys {
	return declare.Keys{
		"stop_within":   {Zh: "要求停止后，正在进行的装入还可以用多久", En: "a running load may finish this long after a stop is asked for", Default: "20s", Example: "1m"},
		"backup_within": {Zh: "上一次备份最多多旧；超过即告警；0 不告警", En: "how old the last backup may be before an alert is told; 0: never", Default: "168h", Example: "36h"},
		"ready_after":   {Zh: "最后一次发布（或启动）之后多久，程序自己先把大家近来看的页面备好；never：从不，第一个打开的人等", En: "how long after the last publication, or the start, the program makes the pages ready that people have looked at of late; never: it does not, and who comes first waits", Default: "5s", Example: "never"},
	}
}

// privacy says what is kept back of figures.
type privacy struct {
	Small small.Rule `yaml:"small"`
}

// Declared says what is declared of privacy.
func (privacy) Declared() declare.Keys {
	return declare.Keys{
		"small": {Zh: "少数人的数", En: "figures of few people", Example: "{k: 10}"},
	}
}

// database says where the data are.
type database struct {
	DSN          string        `yaml:"dsn"`
	PasswordFile string        `yaml:"dsn_password_file"`
	Cluster      string        `yaml:"cluster"`
	Unencrypted  bool          `yaml:"unencrypted"`
	Memory       string        `yaml:"memory"`
	Listen       string        `yaml:"listen"`
	Flight       string        `yaml:"flight"`
	Patience     time.Duration `yaml:"patience"`
	Analysts     int           `yaml:"analysts"`
	Export       export        `yaml:"export"`
	States       int           `yaml:"states"`
}

// export bounds what programs and yanzhen query --out take out at once.
type export struct {
	Rows   int           `yaml:"rows"`
	Time   time.Duration `yaml:"time"`
	AtOnce int           `yaml:"at_once"`
}

// Declared says what is declared of exports.
func (export) Declared() declare.Keys {
	return declare.Keys{
		"rows":    {Zh: "一次最多多少行", En: "rows of one at most", Default: "20000000", Example: "50000000"},
		"time":    {Zh: "一次最长多久；yanzhen query --out 也以此为限，除非写了 --timeout", En: "how long one may take; so may yanzhen query --out, unless --timeout says otherwise", Default: "15m", Example: "30m"},
		"at_once": {Zh: "同时几个，每个账号一个", En: "how many at once, one of an account", Default: "2", Example: "1"},
	}
}

var configKind = declare.KindOf[config]("yanzhen", "", codes.Text{Zh: "yanzhen.yaml", En: "yanzhen.yaml"},
	codes.Text{Zh: "本安装运行在哪里：各单位之间唯一不同的文件，用 --config 指定；每一项都可省", En: "Where this installation runs: the only file that differs from office to office, named by --config; every key is optional"})

// Declared says what is declared of an installation.
func (config) Declared() declare.Keys {
	return declare.Keys{
		"zone":      {Zh: "每个页面上的名称", En: "the name on every page", Default: "{zh: 示范开发区, en: Demonstration zone}", Example: "{zh: 青田经济开发区, en: Qingtian Economic Zone}"},
		"contact":   {Zh: "数字有疑问问谁，写在每个页面下方：处室、电话", En: "whom to ask about the figures, below every page: an office, a telephone number", Example: "{zh: 人才办统计科 0578-1234567, en: Statistics section 0578-1234567}"},
		"demo":      {Zh: "每页标明是合成数据", En: "marks every page as synthetic data", Default: "false", Example: "true"},
		"listen":    {Zh: "页面的地址；0.0.0.0:8086 向办公网开放", En: "where the pages are served; 0.0.0.0:8086 opens them to the office network", Default: "127.0.0.1:8086", Example: "0.0.0.0:8086"},
		"hosts":     {Zh: "可以用来访问页面的主机名；本机名、localhost 和 IP 地址总可以，其他名字一律拒绝（421），以防网页借域名重绑定读取", En: "host names the pages may be asked for by; the machine's own name, localhost and IP addresses always may, any other is refused (421), so that no web page reads them by DNS rebinding", Example: "[talent.example.gov.cn]"},
		"tls":       {Zh: "页面的证书；不写则用 http，那就只应在本机或可信的反向代理之后", En: "the certificate of the pages; absent: plain http, for this machine or behind a proxy that is trusted only", Example: "{cert: /etc/yanzhen/cert.pem, key: /etc/yanzhen/key.pem}"},
		"proxies":   {Zh: "可信的反向代理；只有它们说的来访地址和 https 才算数", En: "reverse proxies that are trusted: only their word is taken on where a request came from and whether it was https", Example: "[127.0.0.1/32]"},
		"access":    {Zh: "账号与登录", En: "accounts and signing in", Example: "{separate: true, second_factor: [administrator, security]}"},
		"privacy":   {Zh: "数字里不给没有权限的人看什么", En: "what of figures is kept back from whoever lacks the right", Example: "{small: {k: 10}}"},
		"dir":       {Zh: "数据目录：引擎、暂存、密钥；一个进程独占；备份用 yanzhen backup", En: "data directory: engine, spool, key; one process owns it; yanzhen backup copies it", Default: "var/yanzhen", Example: "/var/lib/yanzhen"},
		"inbox":     {Zh: "看守的收件夹；不写则为 <dir>/inbox", En: "folder watched for workbooks; absent: <dir>/inbox", Example: "/srv/inbox"},
		"still":     {Zh: "文件这么久不变才装入：复制可能停顿", En: "a file is loaded when it has not changed for so long: a copy may pause", Default: "10s", Example: "2s"},
		"scan":      {Zh: "查恶意代码的扫描程序：每个来文在读之前都交给它；不写则不扫", En: "a scanner for malware that every file is handed to before it is read; absent: none", Example: "{clamd: /run/clamav/clamd.ctl}"},
		"time_zone": {Zh: "时区", En: "the time zone of what is shown", Default: "Asia/Shanghai", Example: "UTC"},
		"database":  {Zh: "数据库：内置引擎，或一台 ClickHouse 服务器", En: "the database: the embedded engine, or a ClickHouse server", Example: "{memory: 8GiB}"},
		"key_file":  {Zh: "把证件号变为散列的密钥；不写则为 <dir>/person.key，首次启动时生成。请另存一份：没有它，新文件对不上旧人", En: "the key that turns identity numbers into hashes; absent: <dir>/person.key, made at first start. Keep a copy: without it new files no longer match old people", Example: "/etc/yanzhen/person.key"},
		"map":       {Zh: "地图", En: "maps", Example: "{approval: {china: GS(2024)0650号}}"},
		"ranking":   {Zh: "hide：目标页不给单位排名次", En: "hide: the page of targets never puts the units in order", OneOf: []string{"show", "hide"}, Default: "show", Example: "hide"},
		"scopes":    {Zh: "工作簿没有写明时，单位的目标针对指标的哪一部分", En: "of which part of a measure a unit's targets are, where the workbook does not say", Example: "{磁材小镇管理办公室: 园区=磁材小镇}"},
		"documents": {Zh: "报告、简报、督办单等文件", En: "reports, notices and orders", Example: "{address: http://talent.example.gov.cn}"},
		"agents":    {Zh: "智能体（MCP）", En: "agents (MCP)", Example: "{cells: true}"},
		"traces":    {Zh: "把运行记录作为 OpenTelemetry 追踪送到收集器；不写则不送", En: "sends runs as OpenTelemetry traces to a collector; absent: nothing is sent", Example: "{endpoint: https://otel.example.gov.cn:4318/v1/traces}"},
		"lineage":   {Zh: "把作业和装入作为 OpenLineage 事件告诉数据目录；不写则不送", En: "tells a data catalogue of jobs and loads by events of OpenLineage; absent: nothing is sent", Example: "{endpoint: https://marquez.example.gov.cn/api/v1/lineage}"},
	}
}

// Declared says what is declared of the database.
func (database) Declared() declare.Keys {
	return declare.Keys{
		"dsn":               {Zh: "不写为内置引擎；否则是 ClickHouse 服务器的 https://user@host:8443；http 只用于本机，除非写了 unencrypted", En: "absent: the embedded engine; else https://user@host:8443 of a ClickHouse server; http for this machine only, unless unencrypted is said", Example: "https://yanzhen@10.0.0.5:8443"},
		"cluster":           {Zh: "dsn 所指的服务器属于这个集群（其 remote_servers 中的名称）：库表建在所有节点上，见 docs/cluster.md", En: "the server of dsn is part of the cluster of this name in its remote_servers: tables are made on every node, see docs/cluster.md", Example: "office"},
		"dsn_password_file": {Zh: "存有该用户密码的文件", En: "file that holds the password of that user", Example: "/etc/yanzhen/password"},
		"unencrypted":       {Zh: "true：到别的机器上的 ClickHouse 服务器也可以用 http；密码与数据会明文经过网络", En: "true: a ClickHouse server on another machine may be reached by http; its password and the data cross the network in the clear", Default: "false", Example: "true"},
		"memory":            {Zh: "内置引擎的内存上限", En: "the embedded engine's limit", Default: "4GiB", Example: "8GiB"},
		"listen":            {Zh: "分析员的程序连接内置引擎的端口（ClickHouse-HTTP，账号须有 SQL 权限；用 tls 的证书），见 docs/connect.md；不写则不开", En: "the port by which programs of analysts reach the embedded engine (ClickHouse-HTTP, for accounts with the right of SQL; with the certificate of tls), see docs/connect.md; absent: none", Example: "0.0.0.0:8123"},
		"analysts":          {Zh: "内置引擎同时执行分析员的几条语句，其余排队（最多 64 条）", En: "statements of analysts that the embedded engine runs at once; more wait, up to 64", Default: "4", Example: "8"},
		"export":            {Zh: "有下载权限的账号经 listen、flight 端口一次取走的上限；一般的语句最多一百万行、60 秒", En: "what accounts with the right of export may take out at once by the ports of listen and flight; an ordinary statement has a million rows and 60 s at most", Example: "{rows: 50000000, time: 30m}"},
		"states":            {Zh: "数据集有这么多行起，随每批数据另存按日、按维度的计数（一人多表还有各月有哪些人），数字由它们得出，与逐行计算完全相同而不随行数变慢；0：从不", En: "from so many rows of a dataset on, counts by day and dimension (of people in many lists also who occurs in which month) are kept with each batch, and figures come from them: exactly those of the rows, at a cost that does not grow with these; 0: never", Default: "200000", Example: "0"},
		"flight":            {Zh: "同样的程序用 Arrow Flight SQL（如 Python 的 ADBC）连接的端口；不写则不开", En: "the port by which the same programs come over Arrow Flight SQL (such as ADBC of Python); absent: none", Example: "0.0.0.0:8815"},
		"patience":          {Zh: "语句这么久没有进展即放弃（内置引擎停不下来时重启），稍后再装入", En: "a statement without progress for this long is given up (and the embedded engine started anew where it does not stop); the load is repeated later", Default: "15m", Example: "30m"},
	}
}

// readConfig reads a file, or takes the defaults where none is named. Every fault is told with its line.
func readConfig(path string) (*config, error) {
	var text []byte
	if path != "" {
		var err error
		if text, err = os.ReadFile(kong.ExpandPath(path)); err != nil {
			return nil, invalid{fmt.Errorf("--config %s: 打不开配置文件：检查路径与权限 / the configuration file cannot be opened, check its path and permissions: %w", path, err)}
		}
	}
	c := &config{}
	f := declare.Parse(path, text, c)
	if _, err := time.LoadLocation(c.TimeZone); err != nil || c.TimeZone == "Local" { // which is another on every machine
		f.Fault("time_zone", "没有时区 %q，例如 Asia/Shanghai", "%q: there is no such zone; for example Asia/Shanghai", c.TimeZone)
	}
	c.doors().Check(f)
	for key, at := range map[string]string{"database.listen": c.Database.Listen, "database.flight": c.Database.Flight} {
		if _, _, err := net.SplitHostPort(at); at != "" && err != nil {
			f.Fault(key, "%q 不是地址，如 0.0.0.0:8123", "%q is no address such as 0.0.0.0:8123", at)
		}
	}
	if _, err := bytesOf(c.Database.Memory); err != nil {
		f.Fault("database.memory", "%q 不是大小，如 4GiB、512MiB", "%q is no size such as 4GiB or 512MiB", c.Database.Memory)
	}
	if u, err := url.Parse(c.Database.DSN); err == nil && u.Scheme == "http" && !door.Loopback(net.JoinHostPort(u.Hostname(), "0")) && !c.Database.Unencrypted {
		f.Fault("database.dsn", "密码与数据会明文经过网络：用 https://，或写 database.unencrypted: true", "the password and the data would cross the network in the clear: write https://, or database.unencrypted: true")
	}
	if n := c.Database.Cluster; n != "" && (c.Database.DSN == "" || !cluster.Name.MatchString(n)) {
		f.Fault("database.cluster", "%q：要与 database.dsn 一起写，只含字母、数字、_ 与 -", "%q: goes with database.dsn, of letters, digits, _ and - only", n)
	}
	if key, text, found := c.Privacy.Small.Fault(func(string) bool { return true }); found {
		f.Fault("privacy.small."+key, "%s", "%s", text)
	}
	if n := c.Database.Analysts; n < 1 || n > 64 {
		f.Fault("database.analysts", "%d：要在 1 至 64 之间", "%d: want 1 to 64", n)
	}
	if d, err := time.ParseDuration(c.ReadyAfter); c.ReadyAfter != "never" && (err != nil || d < time.Second || d > time.Hour) {
		f.Fault("ready_after", "%q：要 never 或 1s 至 1h 的时长", "%q: want never, or a time of 1s to 1h", c.ReadyAfter)
	}
	if d := c.BackupWithin; d < 0 || d > 0 && d < time.Hour {
		f.Fault("backup_within", "%s：要 0（不告警）或 1h 以上", "%s: want 0 (never told) or 1h and more", d)
	}
	if n := c.Database.States; n < 0 {
		f.Fault("database.states", "%d：要 0 或更多", "%d: want 0 or more", n)
	}
	if e := c.Database.Export; e.Rows < 1 || e.Time < time.Second || e.AtOnce < 1 || e.AtOnce > 16 {
		f.Fault("database.export", "rows 至少 1，time 至少 1s，at_once 在 1 至 16 之间", "want rows of 1 or more, a time of 1s or more, and at_once of 1 to 16")
	}
	c.Scan.Check(f, "scan")
	c.Traces.Check(f, "traces")
	c.Lineage.Check(f, "lineage")
	if err := f.Err(); err != nil {
		return nil, invalid{err}
	}
	return c, nil
}

// papers tells, with its line, which font file of the configuration at a path cannot be used: only who writes documents needs them.
func (c *config) papers(path string) error {
	if c.Documents.Fonts == (form.FontFiles{}) {
		return nil
	}
	text, err := os.ReadFile(kong.ExpandPath(path))
	if err != nil {
		return invalid{err}
	}
	f := declare.Parse(path, text, &config{})
	c.Documents.Check(f, "documents")
	if err := f.Err(); err != nil {
		return invalid{err}
	}
	return nil
}

// printing is the configuration of who writes documents.
func (c *cli) printing() (*config, error) {
	cfg, err := c.settings()
	if err == nil {
		err = cfg.papers(c.Config)
	}
	return cfg, err
}

// settle fills what follows from Dir and turns paths absolute.
func (c *config) settle() error {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return err
	}
	c.Dir = dir
	if c.Inbox == "" {
		c.Inbox = filepath.Join(dir, "inbox")
	}
	if c.KeyFile == "" {
		c.KeyFile = filepath.Join(dir, "person.key")
	}
	for _, path := range []*string{&c.Inbox, &c.KeyFile} {
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	return nil
}

// readyAfter is the pause before pages are made ready; 0: they never are.
func (c *config) readyAfter() time.Duration {
	d, _ := time.ParseDuration(c.ReadyAfter) // the configuration was checked
	return d
}

// zone is the configured time zone, which readConfig has tried.
func (c *config) zone() *time.Location {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return address.Office
	}
	return zone
}

// local turns a moment into the wall clock of the configured time zone.
func (c *config) local(t time.Time) time.Time { return t.In(c.zone()) }

// clocks has the pages tell times by the clock of the office too. It is called once, where the program begins: pages that are served
// read what it writes.
func (c *config) clocks() {
	if zone := c.zone(); zone.String() != address.Office.String() {
		address.Office = zone
	}
}

// moment reads a moment; a day alone means its end in the configured time zone.
func (c *config) moment(text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	d, err := time.ParseInLocation(time.DateOnly, text, c.zone())
	if err != nil {
		return time.Time{}, fmt.Errorf("--at %s: 应写成 2026-07-05T18:00:00+08:00 或 2026-07-05 / want 2026-07-05T18:00:00+08:00 or 2026-07-05", text)
	}
	return d.AddDate(0, 0, 1), nil
}
