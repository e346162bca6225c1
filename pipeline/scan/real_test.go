package scan_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline/scan"
)

// With YANZHEN_TEST_CLAMD, the socket of a clamd whose signatures know EICAR, the protocol is that of the real one.
func TestClamd(t *testing.T) {
	socket := os.Getenv("YANZHEN_TEST_CLAMD")
	if socket == "" {
		t.Skip("opt-in: YANZHEN_TEST_CLAMD names the socket of a clamd")
	}
	by := scan.New(scan.Settings{Clamd: socket, Timeout: time.Minute, Megabytes: 4095})
	if err := by.File(t.Context(), file(t, "x", strings.Repeat("a,b\n", 100_000))); err != nil {
		t.Errorf("clean: %v", err)
	}
	if err := by.File(t.Context(), file(t, "x", eicar)); err == nil || !strings.Contains(err.Error(), "发现恶意内容（") {
		t.Errorf("infected: %v", err)
	}
	if err := by.File(t.Context(), file(t, "x", strings.Repeat("a", 3<<20))); err != nil && !strings.Contains(err.Error(), "StreamMaxLength") {
		t.Errorf("large: %v", err)
	}
}
