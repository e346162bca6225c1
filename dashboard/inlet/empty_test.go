package inlet

import (
	"strings"
	"testing"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Whoever keeps the installation is told the folder; others are told that there is nothing yet.
func TestEmpty(t *testing.T) {
	i := &Inlet{Dir: "/srv/inbox"}
	for role, told := range map[access.Role]bool{access.Operator: true, access.Leader: false} {
		ctx := access.With(t.Context(), &access.Viewer{Role: role, May: role.May(access.Joint)})
		if got := i.Empty(ctx, codes.Zh); strings.Contains(got, "/srv/inbox") != told {
			t.Errorf("%s: %s", role, got)
		}
		if got := (*Inlet)(nil).Empty(ctx, codes.Zh); got != words.In(codes.Zh, "no_data_yet") {
			t.Errorf("%s: %s", role, got)
		}
	}
}
