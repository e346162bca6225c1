package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"
)

// figure is one thing that was measured.
type figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

// record is what one run measured, as -json writes it and -against reads it.
type record struct {
	Taken   string   `json:"taken"` // the day
	CPU     string   `json:"cpu"`
	Cores   int      `json:"cores"`
	Go      string   `json:"go"`
	Load    float64  `json:"load_average_before"` // of the machine, over a minute: above 1 others were at work
	Figures []figure `json:"figures"`
}

func newRecord() *record {
	r := &record{Taken: time.Now().Format(time.DateOnly), CPU: cpuName(), Cores: runtime.NumCPU(), Go: runtime.Version()}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Sscan(string(b), &r.Load)
	}
	return r
}

// note keeps a figure; one of the same name is measured again and replaced.
func (r *record) note(name string, value float64, unit string) {
	i := slices.IndexFunc(r.Figures, func(f figure) bool { return f.Name == name })
	if i < 0 {
		i, r.Figures = len(r.Figures), append(r.Figures, figure{})
	}
	r.Figures[i] = figure{name, value, unit}
}

// write writes the record to a file.
func (r *record) write(file string) error {
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}

// compare prints what both runs measured side by side, as ratios; it says so where there is no such file.
func (r *record) compare(file string) error {
	b, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		fmt.Printf("%s is not there: there is nothing to compare with.\n", file)
		return nil
	}
	var last record
	if err == nil {
		err = json.Unmarshal(b, &last)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	fmt.Printf("## Against %s of %s\n\n%s, %d cores, load average before it %.1f; this run: %s, %d cores, %.1f.\n\n| figure | then | now | now ÷ then |\n|---|---|---|---|\n",
		file, last.Taken, last.CPU, last.Cores, last.Load, r.CPU, r.Cores, r.Load)
	for _, now := range r.Figures {
		i := slices.IndexFunc(last.Figures, func(f figure) bool { return f.Name == now.Name && f.Unit == now.Unit })
		if i < 0 {
			fmt.Printf("| %s | | %.4g %s | |\n", now.Name, now.Value, now.Unit)
			continue
		}
		then := last.Figures[i].Value
		fmt.Printf("| %s | %.4g | %.4g %s | %s |\n", now.Name, then, now.Value, now.Unit, ratio(now.Value, then))
	}
	fmt.Println()
	return nil
}

// ratio is the one by the other; nothing by nothing is no ratio.
func ratio(a, b float64) string {
	if b == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", a/b)
}
