package house

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/wire"
)

// TestJudgeIsBrief: a rule that is broken again and again is told of a few times
// a second, and the rest is counted.
func TestJudgeIsBrief(t *testing.T) {
	var heard bytes.Buffer
	j := &judge{checker: lint.New(lint.All...), log: slog.New(slog.NewTextHandler(&heard, nil)), told: map[string]*telling{}} // nobody works
	now := time.Unix(1_700_000_000, 0)
	count := func(rule string, n int) (told int) {
		for range n {
			if j.tell(rule, now) {
				told++
			}
		}
		return told
	}
	if a, b := count("a", 100), count("b", 3); a != judgeTells || b != 3 {
		t.Errorf("in one second %d of 100 and %d of 3 were told", a, b)
	}
	now = now.Add(time.Second)
	if a := count("a", 7); a != judgeTells {
		t.Errorf("in the next second %d of 7 were told", a)
	}
	j.sumUp()
	j.sumUp()
	if got := heard.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "rule=a count=97") {
		t.Errorf("the sum is\n%s", got)
	}
	// And the judge asks: an answer of ours that breaks a rule, again and again.
	heard.Reset()
	x := &wire.Exchange{Seen: wire.ShowsAll, Final: &wire.Response{Status: 401}}
	x.Request.Method, x.Request.Target = "GET", "/"
	for range 40 {
		j.judge(x)
	}
	if n := strings.Count(heard.String(), "rule="); n == 0 || n > 20*judgeTells {
		t.Errorf("%d lines for 40 bad answers:\n%s", n, heard.String())
	}
}
