package origin_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/statute-http/statute/origin"
)

// TestNoRoom: whoever is refused for want of room is told whose room it is.
func TestNoRoom(t *testing.T) {
	for _, test := range []struct {
		err               error
		reason, condition string
	}{
		{origin.ErrNoRoom, "quota", "quota-not-exceeded"},
		{fmt.Errorf("%w: %w", origin.ErrNoRoom, syscall.ENOSPC), "store-full", "sufficient-disk-space"},
		{fmt.Errorf("%w: %w", origin.ErrNoRoom, syscall.EFBIG), "quota", "sufficient-disk-space"},
	} {
		refusal := origin.RefusalOf(test.err)
		if refusal == nil || refusal.Status != 507 || refusal.Reason != test.reason || !strings.Contains(fmt.Sprint(refusal.Condition), test.condition) {
			t.Errorf("%v: %+v", test.err, refusal)
		}
	}
	if refusal := origin.RefusalOf(fmt.Errorf("the pot broke")); refusal != nil {
		t.Errorf("a fault is answered with %d", refusal.Status)
	}
}
