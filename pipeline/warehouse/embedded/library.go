package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/cpu"
)

// LibEnv names the environment variable that says where libchdb is.
const LibEnv = "YANZHEN_ENGINE_LIB"

// ErrNoLibrary: the engine's library file was not found or cannot be loaded on this machine.
var ErrNoLibrary = errors.New("找不到数据库引擎 / the database engine was not found")

// FindLibrary returns the path of libchdb. It looks at given, then $YANZHEN_ENGINE_LIB, then beside
// the binary, then in node_modules upward from the working directory and from the binary. A path
// that was asked for and does not exist is an error: no other is taken in its place.
func FindLibrary(given string) (string, error) {
	for _, asked := range []string{given, os.Getenv(LibEnv)} {
		if asked == "" {
			continue
		}
		if info, err := os.Stat(asked); err == nil && info.IsDir() {
			asked = filepath.Join(asked, libraryFile)
		}
		if _, err := os.Stat(asked); err != nil {
			return "", fmt.Errorf("%w: %s (%s)", ErrNoLibrary, asked, missingLibraryHelp)
		}
		return filepath.Abs(asked)
	}
	var starts []string
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		beside := filepath.Join(filepath.Dir(exe), libraryFile)
		if _, err := os.Stat(beside); err == nil {
			return beside, nil
		}
		starts = append(starts, filepath.Dir(exe))
	}
	if wd, err := os.Getwd(); err == nil {
		starts = append([]string{wd}, starts...)
	}
	for _, dir := range starts {
		for {
			for _, pkg := range libraryPackages() {
				p := filepath.Join(dir, "node_modules", "@chdb", pkg, libraryFile)
				if _, err := os.Stat(p); err == nil {
					return p, nil
				}
			}
			up := filepath.Dir(dir)
			if up == dir {
				break
			}
			dir = up
		}
	}
	return "", fmt.Errorf("%w: %s", ErrNoLibrary, missingLibraryHelp)
}

const (
	libraryFile        = "libchdb.so" // also on macOS: the npm package names it so
	missingLibraryHelp = "请在项目目录执行 make setup(即 npm ci),或把 libchdb.so 放在程序旁,或用 " + LibEnv +
		" 指明它的位置 / run make setup (npm ci) in the project, or put libchdb.so beside the program, or name it in " + LibEnv
)

func libraryPackages() []string {
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	base := "lib-" + runtime.GOOS + "-" + arch
	return []string{base + "-gnu", base}
}

// cpuMissing names the instructions that the engine needs and this machine lacks; "" when none.
func cpuMissing() string {
	if runtime.GOARCH != "amd64" {
		return ""
	}
	switch {
	case !cpu.X86.HasSSE42:
		return "SSE4.2"
	case !cpu.X86.HasPOPCNT:
		return "POPCNT"
	case !cpu.X86.HasPCLMULQDQ:
		return "PCLMULQDQ"
	}
	return ""
}

// library is libchdb's C interface. A handle is a pointer into C memory.
type library struct {
	setSignalHandlers func(int32)
	connect           func(argc int32, argv unsafe.Pointer) unsafe.Pointer
	closeConn         func(conn unsafe.Pointer)
	shutdown          func() int32
	version           func() string

	query       func(conn unsafe.Pointer, q unsafe.Pointer, n uintptr, f unsafe.Pointer, fn uintptr, names, nameLens, values, valueLens unsafe.Pointer, count uintptr) unsafe.Pointer
	streamQuery func(conn unsafe.Pointer, q unsafe.Pointer, n uintptr, f unsafe.Pointer, fn uintptr, names, nameLens, values, valueLens unsafe.Pointer, count uintptr) unsafe.Pointer
	fetch       func(conn, result unsafe.Pointer) unsafe.Pointer
	cancelQuery func(conn, result unsafe.Pointer)

	streamInsert  func(conn unsafe.Pointer, q unsafe.Pointer, n uintptr, f unsafe.Pointer, fn uintptr, names, nameLens, values, valueLens unsafe.Pointer, count uintptr) unsafe.Pointer
	appendInsert  func(stream unsafe.Pointer, data unsafe.Pointer, n uintptr) int32
	doneInsert    func(stream unsafe.Pointer) unsafe.Pointer
	cancelInsert  func(stream unsafe.Pointer)
	insertError   func(stream unsafe.Pointer) string
	destroyInsert func(stream unsafe.Pointer)

	classify func(conn unsafe.Pointer, q unsafe.Pointer, n uintptr, db unsafe.Pointer, dbn uintptr, out unsafe.Pointer) int32

	result resultCalls
}

// resultCalls read what a statement answered.
type resultCalls struct {
	buffer       func(result unsafe.Pointer) unsafe.Pointer
	length       func(result unsafe.Pointer) uintptr
	failure      func(result unsafe.Pointer) string
	elapsed      func(result unsafe.Pointer) float64
	rows         func(result unsafe.Pointer) uint64
	storageRows  func(result unsafe.Pointer) uint64
	storageBytes func(result unsafe.Pointer) uint64
	rowsWritten  func(result unsafe.Pointer) uint64
	bytesWritten func(result unsafe.Pointer) uint64
	destroy      func(result unsafe.Pointer)
}

var (
	loadOnce sync.Once
	loaded   *library
	loadErr  error
)

// load opens the library at path, once per process: a second path is ignored.
func load(path string) (*library, error) {
	loadOnce.Do(func() {
		if missing := cpuMissing(); missing != "" {
			loadErr = fmt.Errorf("%w: 本机处理器不支持 %s / this processor lacks %s", ErrNoLibrary, missing, missing)
			return
		}
		h, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
		if err != nil {
			loadErr = fmt.Errorf("%w: %s: %w", ErrNoLibrary, path, err)
			return
		}
		l := &library{}
		for name, fn := range map[string]any{
			"chdb_set_signal_handlers_enabled": &l.setSignalHandlers,
			"chdb_connect":                     &l.connect,
			"chdb_close_conn":                  &l.closeConn,
			"chdb_shutdown":                    &l.shutdown,
			"chdb_version":                     &l.version,
			"chdb_query_with_params_n":         &l.query,
			"chdb_stream_query_with_params_n":  &l.streamQuery,
			"chdb_stream_fetch_result":         &l.fetch,
			"chdb_stream_cancel_query":         &l.cancelQuery,
			"chdb_stream_insert_with_params_n": &l.streamInsert,
			"chdb_stream_append":               &l.appendInsert,
			"chdb_stream_done":                 &l.doneInsert,
			"chdb_stream_cancel_insert":        &l.cancelInsert,
			"chdb_stream_insert_error":         &l.insertError,
			"chdb_destroy_insert_stream":       &l.destroyInsert,
			"chdb_classify_query_n":            &l.classify,
			"chdb_result_buffer":               &l.result.buffer,
			"chdb_result_length":               &l.result.length,
			"chdb_result_error":                &l.result.failure,
			"chdb_result_elapsed":              &l.result.elapsed,
			"chdb_result_rows_read":            &l.result.rows,
			"chdb_result_storage_rows_read":    &l.result.storageRows,
			"chdb_result_storage_bytes_read":   &l.result.storageBytes,
			"chdb_result_rows_written":         &l.result.rowsWritten,
			"chdb_result_bytes_written":        &l.result.bytesWritten,
			"chdb_destroy_query_result":        &l.result.destroy,
		} {
			sym, err := purego.Dlsym(h, name)
			if err != nil {
				loadErr = fmt.Errorf("%w: %s: 版本不符 / wrong version: %w", ErrNoLibrary, path, err)
				return
			}
			purego.RegisterFunc(fn, sym)
		}
		l.setSignalHandlers(0) // Go owns the signals
		loaded = l
	})
	return loaded, loadErr
}
