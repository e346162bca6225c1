package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"yanzhen/configs"
	"yanzhen/pipeline/codes"
)

// config is yanzhen.yaml.
type config struct {
	Zone     codes.Text    `yaml:"zone"`
	Demo     bool          `yaml:"demo"`
	Listen   string        `yaml:"listen"`
	Dir      string        `yaml:"dir"`
	Inbox    string        `yaml:"inbox"`
	Still    time.Duration `yaml:"still"`
	TimeZone string        `yaml:"time_zone"`
	Database struct {
		DSN          string        `yaml:"dsn"`
		PasswordFile string        `yaml:"dsn_password_file"`
		Memory       string        `yaml:"memory"`
		Patience     time.Duration `yaml:"patience"`
	} `yaml:"database"`
	KeyFile string `yaml:"key_file"`
	Map     struct {
		Approval approvals `yaml:"approval"`
	} `yaml:"map"`
	Ranking    string            `yaml:"ranking"`
	Scopes     map[string]string `yaml:"scopes"`
	StopWithin time.Duration     `yaml:"stop_within"`
}

// readConfig lays the file (if one is named) over the defaults of configs/yanzhen.yaml. An
// unknown key or a wrong type is an error with its line.
func readConfig(path string) (*config, error) {
	var c config
	if err := decodeStrict("yanzhen.yaml", configs.Defaults, &c); err != nil {
		return nil, err
	}
	if path == "" {
		return &c, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, invalid{fmt.Errorf("config %s: %w", path, err)}
	}
	if err := decodeStrict(path, data, &c); err != nil {
		return nil, invalid{err}
	}
	return &c, nil
}

var unknownKey = regexp.MustCompile(`^line (\d+): field (\S+) not found in type`)

func decodeStrict(name string, data []byte, into any) error {
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	dec.KnownFields(true)
	err := dec.Decode(into)
	if err == nil || errors.Is(err, io.EOF) { // a file of comments only: every key is optional
		return nil
	}
	var wrong *yaml.TypeError
	if !errors.As(err, &wrong) {
		return fmt.Errorf("config %s: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	for i, line := range wrong.Errors {
		if m := unknownKey.FindStringSubmatch(line); m != nil {
			line = fmt.Sprintf("line %s: 没有 %s 这一项 / there is no key %s; configs/yanzhen.yaml lists them", m[1], m[2], m[2])
		}
		wrong.Errors[i] = strings.NewReplacer("cannot unmarshal", "不是应有的类型 / cannot read", "into time.Duration", "as a time such as 20s").Replace(line)
	}
	return fmt.Errorf("config %s: %s", name, strings.Join(wrong.Errors, "; "))
}

// approvals are the approval numbers of maps, by map; "" stands for all that have none of their own.
type approvals map[string]string

// UnmarshalYAML reads one number for all maps, or one for each.
func (a *approvals) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*a = approvals{"": strings.TrimSpace(n.Value)}
		return nil
	}
	var by map[string]string
	if err := n.Decode(&by); err != nil {
		return err
	}
	*a = by
	return nil
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
	if _, err := time.LoadLocation(c.TimeZone); err != nil {
		return invalid{fmt.Errorf("config time_zone %q: 没有这个时区，例 / there is no such zone; for example Asia/Shanghai", c.TimeZone)}
	}
	if c.Ranking != "show" && c.Ranking != "hide" {
		return invalid{fmt.Errorf("config ranking %q: 可选 / want one of show, hide", c.Ranking)}
	}
	if c.Still <= 0 {
		return invalid{fmt.Errorf("config still %s: 须大于 0，如 10s / must be more than 0, such as 10s", c.Still)}
	}
	if c.StopWithin <= 0 {
		return invalid{fmt.Errorf("config stop_within %s: must be more than 0", c.StopWithin)}
	}
	if c.Database.Patience <= 0 {
		return invalid{fmt.Errorf("config database.patience %s: must be more than 0", c.Database.Patience)}
	}
	return nil
}

// local turns a moment into the wall clock of the configured time zone, which settle has tried.
func (c *config) local(t time.Time) time.Time {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return t
	}
	return t.In(zone)
}

// personKey reads the key that identity numbers are hashed with, from YANZHEN_PERSON_KEY or the
// key file; where neither exists it makes one, readable by its owner only.
func (c *config) personKey() ([]byte, error) {
	if v := os.Getenv("YANZHEN_PERSON_KEY"); v != "" {
		return parseKey("YANZHEN_PERSON_KEY", v)
	}
	data, err := os.ReadFile(c.KeyFile)
	if err == nil {
		return parseKey(c.KeyFile, strings.TrimSpace(string(data)))
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("%w; 检查数据目录的权限，或用 --dir 换一个 / check the permissions of the data directory, or choose another with --dir", err)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	// the key is made before the database: a database without it has lost its key, and another one
	// would turn everybody into somebody else
	if _, err := os.Stat(filepath.Join(c.Dir, "engine")); err == nil {
		return nil, invalid{fmt.Errorf("%s: 密钥不见了，库里的人都是用它散列的；请放回备份 / the key is gone that the people of this database were hashed with; put the copy back", c.KeyFile)}
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(c.KeyFile), 0o700); err != nil {
		return nil, err
	}
	// O_EXCL: two commands that start together must not make two keys.
	f, err := os.OpenFile(c.KeyFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return c.personKey()
	}
	if err != nil {
		return nil, err
	}
	if _, err := f.WriteString(hex.EncodeToString(key) + "\n"); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return key, f.Close()
}

func parseKey(where, text string) ([]byte, error) {
	key, err := hex.DecodeString(text)
	if err != nil || len(key) < 32 {
		return nil, invalid{fmt.Errorf("%s: not a key: want at least 64 hexadecimal digits", where)}
	}
	return key, nil
}

// withPassword puts the password into a DSN's user part.
func withPassword(dsn, password string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", fmt.Errorf("config database.dsn: not an address such as http://user@host:8123")
	}
	u.User = url.UserPassword(u.User.Username(), password)
	return u.String(), nil
}
