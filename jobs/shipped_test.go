package jobs

import (
	"testing"

	"yanzhen/configs"
	"yanzhen/pipeline/dataset"
)

// The declared jobs are sound, and each dataset that arrives in files has one.
func TestShippedJobs(t *testing.T) {
	cat, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	list, err := Read(configs.FS, "jobs", cat.Names(), []string{"sweep", "declared", "verify"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &Scheduler{Jobs: list, Dir: "/data"}
	for _, name := range cat.Names() {
		ds := cat.Datasets[name]
		want := name
		if name == "chains" || name == "calendar" {
			want = "inbox" // loaded from its declarations; a file of that name is nobody's in particular
		}
		for _, file := range []string{"人力资源和社会保障局_" + ds.Title.Zh + "_2026年6月(修订).xlsx", "office_" + name + "_2026-06.csv"} {
			j := s.owner("/data/inbox", "/data/inbox/"+file)
			if j == nil || j.Name != want {
				t.Errorf("%s is loaded by %v, want %s", file, j, want)
			}
		}
	}
	if j := s.owner("/data/inbox", "/data/inbox/zhilian_2024_raw.csv"); j == nil || j.Dataset != "postings" {
		t.Errorf("postings: got %v", j)
	}
	if j := s.owner("/data/inbox", "/data/inbox/新建工作表.xlsx"); j == nil || j.Name != "inbox" {
		t.Errorf("a file without a telling name: got %v", j)
	}
}
