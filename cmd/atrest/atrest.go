// Package atrest looks after what is left on disks: that no memory is written to one where the program ends by a fault, and whether
// the disk under the data is encrypted, which is the system's to do and the operator's to know.
package atrest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"golang.org/x/sys/unix"
)

// NoDumps keeps the memory of this program and of the engine that it starts from being written to a file where one of them ends by
// a fault: passwords that are being checked stand in it.
func NoDumps() error { return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }

// reCrypt is what dm-crypt is called by cryptsetup. Devices of dm-integrity and dm-verity begin with CRYPT- as well, and encrypt nothing.
var reCrypt = regexp.MustCompile(`^CRYPT-(LUKS1|LUKS2|PLAIN|LOOPAES|TCRYPT|BITLK|FVAULT2)-`)

// mostLayers bounds how deep devices upon devices are followed.
const mostLayers = 8

// Disk says for yanzhen doctor whether the disks under directories are encrypted, as far as the kernel tells: of a network share and
// of file systems that know no device of theirs it does not. A directory that is not there counts for nothing. plain is the state
// where one is not: ok, or warn where somebody expects it to be.
func Disk(dirs []string, plain string, say func(zh, en string) string) (state, text string) {
	var devices []string
	for _, dir := range dirs {
		var at unix.Stat_t
		if err := unix.Stat(dir, &at); err == nil {
			devices = append(devices, filepath.Join("/sys/dev/block", fmt.Sprintf("%d:%d", unix.Major(at.Dev), unix.Minor(at.Dev))))
		}
	}
	return told(devices, plain, say)
}

// told is of the disk that is the worst.
func told(devices []string, plain string, say func(zh, en string) string) (state, text string) {
	whole, known := len(devices) > 0, len(devices) > 0
	for _, d := range devices {
		if w, k := encrypted(d, mostLayers); !w {
			whole, known = false, k
			if k {
				break
			}
		}
	}
	switch {
	case !known:
		return plain, say("看不出数据目录所在的盘是否加密（网络盘，或没有自己的设备）；请管理员确认", "whether the disk of the data is encrypted cannot be seen (a network share, or no device of its own); have it confirmed")
	case !whole:
		return plain, say("数据目录所在的盘没有加密：谁拿到盘，谁就读得到数据；要加密用 LUKS（cryptsetup）", "the disk of the data is not encrypted: whoever has the disk reads the data; LUKS (cryptsetup) encrypts it")
	}
	return "ok", say("数据目录所在的盘已加密（dm-crypt）", "the disk of the data is encrypted (dm-crypt)")
}

// encrypted says whether all that is written to a device of /sys/dev/block goes through dm-crypt: the device is one, or each of those
// below it is. known is false where there is no such device.
func encrypted(device string, layers int) (whole, known bool) {
	if _, err := os.Stat(device); err != nil || layers == 0 {
		return false, false
	}
	if id, err := os.ReadFile(filepath.Join(device, "dm", "uuid")); err == nil && reCrypt.Match(id) {
		return true, true
	}
	below, err := filepath.Glob(filepath.Join(device, "slaves", "*"))
	if err != nil || len(below) == 0 {
		return false, true
	}
	for _, b := range below {
		if whole, known := encrypted(b, layers-1); !whole {
			return false, known
		}
	}
	return true, true
}
