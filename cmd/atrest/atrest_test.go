package atrest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A disk is encrypted where all that lies below the file system is: dm-crypt itself, or a volume whose every part stands upon it.
func TestDisk(t *testing.T) {
	sys := t.TempDir()
	device := func(name, uuid string, below ...string) string {
		at := filepath.Join(sys, name)
		for _, dir := range []string{"dm", "slaves"} {
			if err := os.MkdirAll(filepath.Join(at, dir), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if uuid != "" {
			if err := os.WriteFile(filepath.Join(at, "dm", "uuid"), []byte(uuid+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, b := range below {
			if err := os.Symlink(b, filepath.Join(at, "slaves", filepath.Base(b))); err != nil {
				t.Fatal(err)
			}
		}
		return at
	}
	plain := device("8:1", "")
	luks := device("253:0", "CRYPT-LUKS2-0123", plain)
	round := device("253:9", "LVM-round")
	if err := os.Symlink(round, filepath.Join(round, "slaves", "253:9")); err != nil {
		t.Fatal(err)
	}
	zh := func(zh, _ string) string { return zh }
	for _, c := range []struct{ device, state, words string }{
		{luks, "ok", "已加密"},
		{device("253:1", "LVM-upon", luks), "ok", "已加密"},
		{plain, "warn", "没有加密"},
		{device("253:3", "CRYPT-INTEGRITY-0123", plain), "warn", "没有加密"},
		{device("253:2", "LVM-half", luks, plain), "warn", "没有加密"},
		{round, "warn", "看不出"},
		{filepath.Join(sys, "0:42"), "warn", "看不出"},
	} {
		if state, text := told([]string{c.device}, "warn", zh); state != c.state || !strings.Contains(text, c.words) {
			t.Errorf("%s: %s %s, want %s %s", c.device, state, text, c.state, c.words)
		}
		if state, _ := told([]string{c.device}, "ok", zh); state != "ok" {
			t.Errorf("%s: %s where nobody expects it", c.device, state)
		}
	}
	if state, text := told([]string{luks, plain, luks}, "warn", zh); state != "warn" || !strings.Contains(text, "没有加密") {
		t.Errorf("one of several: %s %s", state, text)
	}
	if state, text := Disk([]string{filepath.Join(sys, "nothing")}, "warn", zh); state != "warn" || !strings.Contains(text, "看不出") {
		t.Errorf("of no directory: %s", text)
	}
}

// No memory is written down where the program ends by a fault.
func TestNoDumps(t *testing.T) {
	if err := NoDumps(); err != nil {
		t.Fatal(err)
	}
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &r); err != nil || r.Cur != 0 || r.Max != 0 {
		t.Errorf("%+v %v", r, err)
	}
}
