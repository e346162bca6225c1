// Package secret reads what opens a door, a password or a key, from a file or the environment: declarations only name where it
// is found. What it says of one that cannot be read never holds it.
package secret

import (
	"fmt"
	"os"
	"strings"

	"yanzhen/pipeline/declare"
)

const most = 4 << 10 // bytes of a secret

// Secret says where something secret is found; the secret itself is never declared.
type Secret struct {
	File string `yaml:"file"`
	Env  string `yaml:"env"`
}

// Unspoken keeps a password that was written in place of where it is found out of what is said of that.
func (Secret) Unspoken() {}

// Declared says what is declared of a secret.
func (Secret) Declared() declare.Keys {
	return declare.Keys{
		"file": {Zh: "存有它的文件", En: "the file that holds it", Example: "/etc/yanzhen/wecom.key"},
		"env":  {Zh: "存有它的环境变量", En: "the environment variable that holds it", Example: "YANZHEN_WECOM_KEY"},
	}
}

// Check tells of a secret that is said to stand in two places.
func (s Secret) Check(f *declare.File, key string) {
	if s.File != "" && s.Env != "" {
		f.Fault(key, "file 与 env 只能有一个", "either file or env, not both")
	}
}

// Read is the secret; empty where none is declared.
func (s Secret) Read() (string, error) {
	switch {
	case s.Env != "":
		v := strings.TrimSpace(os.Getenv(s.Env))
		if v == "" {
			return "", fmt.Errorf("环境变量 %s 没有设置 / the environment variable %[1]s is not set", s.Env)
		}
		return v, nil
	case s.File != "":
		text, err := os.ReadFile(s.File)
		if err != nil {
			return "", fmt.Errorf("读不出 / cannot be read: %w", err)
		}
		if len(text) > most || strings.TrimSpace(string(text)) == "" {
			return "", fmt.Errorf("%s 是空的或太大 / %[1]s is empty or too large", s.File)
		}
		return strings.TrimSpace(string(text)), nil
	}
	return "", nil
}
