// Package atrest looks after what is left on disks: that no memory is written to one where the program ends by a fault, and whether
// the disk under the data is encrypted, which is the system's to do and the operator's to know.
package atrest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// NoDumps keeps the memory of this program and of the engine that it starts from being written to a file where one of them ends by
// a fault: passwords that are being checked stand in it.
func NoDumps() error { return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }

// mostLayers bounds how deep devices upon devices are followed.
const mostLayers = 8

// Disk says for yanzhen doctor whether the disk under a directory is encrypted, as far as the kernel tells: of a network share and of
// file systems that know no device of theirs it does not. plain is the state where it is not: ok, or warn where somebody expects it to be.
func Disk(dir, plain string, say func(zh, en string) string) (state, text string) {
	var at unix.Stat_t
	if err := unix.Stat(dir, &at); err != nil {
		return "ok", say("不知道", "not known")
	}
	return told(filepath.Join("/sys/dev/block", fmt.Sprintf("%d:%d", unix.Major(at.Dev), unix.Minor(at.Dev))), plain, say)
}

func told(device, plain string, say func(zh, en string) string) (state, text string) {
	switch whole, known := encrypted(device, mostLayers); {
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
	if id, err := os.ReadFile(filepath.Join(device, "dm", "uuid")); err == nil && strings.HasPrefix(string(id), "CRYPT-") {
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
