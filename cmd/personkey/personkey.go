// Package personkey keeps the key that identity numbers are hashed with: in a file beside the database, or in the environment. It
// is made once, before the database, and never again: with another one everybody would be somebody else.
package personkey

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Read reads the key from YANZHEN_PERSON_KEY or its file; where neither exists it makes one, readable by its owner only, unless
// the directory has a database already. invalid marks an error that is mended by another configuration.
func Read(name, dir string, invalid func(error) error) ([]byte, error) {
	if v := os.Getenv("YANZHEN_PERSON_KEY"); v != "" {
		return parse("YANZHEN_PERSON_KEY", v, invalid)
	}
	data, err := os.ReadFile(name)
	if err == nil {
		return parse(name, strings.TrimSpace(string(data)), invalid)
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("%w; 检查数据目录的权限，或用 --dir 换一个 / check the permissions of the data directory, or choose another with --dir", err)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	// the key is made before the database: a database without it has lost its key, and another one
	// would turn everybody into somebody else
	if _, err := os.Stat(filepath.Join(dir, "engine")); err == nil {
		return nil, invalid(fmt.Errorf("%s: 密钥不见了，库里的人都是用它散列的；请放回备份 / the key is gone that the people of this database were hashed with; put the copy back", name))
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, err
	}
	// O_EXCL: two commands that start together must not make two keys.
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return Read(name, dir, invalid)
	}
	if err != nil {
		return nil, err
	}
	if _, err := f.WriteString(hex.EncodeToString(key) + "\n"); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return key, f.Close()
}

func parse(where, text string, invalid func(error) error) ([]byte, error) {
	key, err := hex.DecodeString(text)
	if err != nil || len(key) < 32 {
		return nil, invalid(fmt.Errorf("%s: not a key: want at least 64 hexadecimal digits", where))
	}
	return key, nil
}
