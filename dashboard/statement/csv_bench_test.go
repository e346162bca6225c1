package statement

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// BenchmarkCSVGuard is rows as they are exported most: texts, days, numbers and nothing.
func BenchmarkCSVGuard(b *testing.B) {
	row := `"0A1B2C3D4E5F6071","2024-03-05","in","44","CN","21","campus","full","企业123有限公司","magnetic.motor","2020031",3,12345.67,1,1990,"备注 31337","bench.csv","",123456` + "\n" + `"0A1B2C3D4E5F6072","2024-03-06","out","45",\N,\N,"campus","full","企业124有限公司","magnetic.sintering","2020032",4,9345.5,1,1991,\N,"bench.csv","",123457` + "\n"
	text := []byte(strings.Repeat(row, 40_000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := copyCSV(io.Discard, bytes.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}
