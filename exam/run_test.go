package exam_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

var h1 = []wire.Protocol{wire.H1}

func text(s string) lang.Text { return lang.Text{En: s, ZhTW: s} }

// inTurn is a case whose trials end with these verdicts, one after the other.
func inTurn(name string, level exam.Level, verdicts ...exam.Verdict) exam.Case {
	n := 0
	return exam.Case{Name: name, Level: level, Over: h1, Run: func(*exam.Trial) exam.Verdict {
		v := verdicts[min(n, len(verdicts)-1)]
		n++
		return v
	}}
}

func run(t *testing.T, p exam.Plan) map[string]exam.Result {
	t.Helper()
	results := map[string]exam.Result{}
	for _, r := range exam.Run(t.Context(), p) {
		results[r.Case.Name] = r
	}
	return results
}

// A fail counts only if it comes again and the control is in order.
func TestSettling(t *testing.T) {
	pass, fail := exam.Passed(text("well")), exam.Failed(text("badly"))
	controlled := func(control exam.Verdict) exam.Case {
		return exam.Case{Name: "controlled", Level: exam.Must, Over: h1, Run: func(t *exam.Trial) exam.Verdict {
			return exam.Either(t, fail, control)
		}}
	}
	for _, test := range []struct {
		name   string
		c      exam.Case
		repeat int
		want   exam.Outcome
	}{
		{"passes", inTurn("x", exam.Must, pass), 1, exam.Pass},
		{"fails each time", inTurn("x", exam.Must, fail), 1, exam.Fail},
		{"fails once", inTurn("x", exam.Must, fail, pass), 1, exam.Flaky},
		{"fails in the control too", controlled(fail), 1, exam.NA},
		{"passes the control", controlled(pass), 1, exam.Fail},
		{"changes when asked again", inTurn("x", exam.Info, exam.Noted("one", text("")), exam.Noted("two", text(""))), 2, exam.Flaky},
		{"stays the same", inTurn("x", exam.Info, exam.Noted("one", text(""))), 3, exam.Value},
		{"breaks down", exam.Case{Name: "x", Over: h1, Run: func(*exam.Trial) exam.Verdict { panic("oh") }}, 1, exam.Void},
	} {
		got := run(t, exam.Plan{Cases: []exam.Case{test.c}, Repeat: test.repeat})[test.c.Name]
		if got.Outcome != test.want {
			t.Errorf("%s: %s (%s), want %s", test.name, got.Outcome, got.Detail.En, test.want)
		}
	}
}

// What a subject cannot do, by its own word or by a baseline, it is not asked.
func TestCapabilities(t *testing.T) {
	asked := 0
	needs := func(c exam.Capability) exam.Case {
		return exam.Case{Name: "needs-" + string(c), Over: h1, Needs: []exam.Capability{c}, Run: func(*exam.Trial) exam.Verdict {
			asked++
			return exam.Passed(text(""))
		}}
	}
	baseline := inTurn("baseline-boil", exam.Info, exam.Failed(text("it stays cold")))
	baseline.Proves = "boil"
	got := run(t, exam.Plan{
		Cases: []exam.Case{needs("boil"), needs("pour"), needs("fly"), baseline},
		Can:   map[exam.Capability]bool{"boil": true, "pour": true},
	})
	if asked != 1 || got["needs-pour"].Outcome != exam.Pass {
		t.Errorf("%d cases were asked, want the one about pouring", asked)
	}
	for name, says := range map[string]string{"needs-boil": "it stays cold", "needs-fly": `no means for "fly"`} {
		if r := got[name]; r.Outcome != exam.NA || !strings.Contains(r.Detail.En, says) {
			t.Errorf("%s: %s: %s, want n/a with %q", name, r.Outcome, r.Detail.En, says)
		}
	}
}

// A trial that hangs costs its time limit, and the others are not kept waiting.
func TestHanging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hanging := exam.Case{Name: "hanging", Over: h1, Limit: 4 * time.Second, Run: func(t *exam.Trial) exam.Verdict {
			<-t.Context.Done()
			return exam.Failed(text(t.Context.Err().Error()))
		}}
		began := time.Now()
		got := run(t, exam.Plan{Apart: true, Cases: []exam.Case{hanging, inTurn("quick", exam.Must, exam.Passed(text("")))}, Parallel: 2, Scale: 0.5})
		if got["hanging"].Outcome != exam.Fail || !strings.Contains(got["hanging"].Detail.En, context.DeadlineExceeded.Error()) {
			t.Errorf("the hanging case: %s: %s", got["hanging"].Outcome, got["hanging"].Detail.En)
		}
		if got["quick"].Took != 0 {
			t.Errorf("the quick case took %v", got["quick"].Took)
		}
		if took := time.Since(began); took != 4*time.Second {
			t.Errorf("the trial, then its control beside the trial again, two seconds each, took %v", took)
		}
	})
}

func TestExpectations(t *testing.T) {
	sheet := &exam.Sheet{Results: []exam.Entry{
		{Case: "a", Over: wire.H1, Verdict: exam.Fail},
		{Case: "b", Over: wire.H1, Verdict: exam.Fail},
		{Case: "c", Over: wire.H2, Verdict: exam.Value, Value: "16"},
		{Case: "d", Over: wire.H1, Verdict: exam.Pass},
		{Case: "e", Over: wire.H1, Verdict: exam.Void},
	}}
	expected, err := exam.ReadExpectations(strings.NewReader("# known\na * fail since ever\nc h2 info=16\nd h1 fail it once did\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	entries, unmet := expected.Surprises(sheet)
	var names []string
	for _, e := range entries {
		names = append(names, e.Case)
	}
	if diff := cmp.Diff([]string{"b", "d", "e"}, names); diff != "" {
		t.Errorf("surprises (-want +got):\n%s", diff)
	}
	if len(unmet) != 1 || unmet[0].Case != "d" || unmet[0].Line != 4 || unmet[0].Reason != "it once did" {
		t.Errorf("unmet: %+v", unmet)
	}
	again, err := exam.ReadExpectations(strings.NewReader(exam.Expect(sheet)))
	if err != nil {
		t.Fatal(err)
	}
	if entries, unmet := again.Surprises(sheet); len(entries)+len(unmet) > 0 {
		t.Errorf("a sheet is not what it expects of itself: %v, %v", entries, unmet)
	}
	for _, bad := range []string{"a", "a h1", "a h9 fail", "a h1 excellent"} {
		if _, err := exam.ReadExpectations(strings.NewReader("# one\n" + bad)); err == nil || !strings.HasPrefix(err.Error(), "line 2: ") {
			t.Errorf("%q: error %v, want one of line 2", bad, err)
		}
	}
}

func TestChoice(t *testing.T) {
	baseline := exam.Case{Name: "baseline-boil", Topic: "baseline", Proves: "boil", Needs: []exam.Capability{"water"}}
	water := exam.Case{Name: "baseline-water", Topic: "baseline", Proves: "water"}
	cases := []exam.Case{baseline, water,
		{Name: "tea-black", Topic: "tea", Level: exam.Must, Needs: []exam.Capability{"boil"}},
		{Name: "tea-cold", Topic: "tea", Level: exam.Info, Slow: true},
		{Name: "coffee", Topic: "coffee", Level: exam.Should},
	}
	for _, test := range []struct {
		choice exam.Choice
		want   string
	}{
		{exam.Choice{}, "baseline-boil baseline-water tea-black coffee"},
		{exam.Choice{Slow: true, Topics: []string{"tea"}}, "baseline-boil baseline-water tea-black tea-cold"},
		{exam.Choice{Names: []string{"tea-*"}}, "baseline-boil baseline-water tea-black"},
		{exam.Choice{Names: []string{"tea-cold"}}, "tea-cold"},
		{exam.Choice{Levels: []exam.Level{exam.Should}}, "coffee"},
	} {
		chosen, err := test.choice.Of(cases)
		var names []string
		for _, c := range chosen {
			names = append(names, c.Name)
		}
		if got := strings.Join(names, " "); err != nil || got != test.want {
			t.Errorf("%+v: %q, %v; want %q", test.choice, got, err, test.want)
		}
	}
	for _, wrong := range []exam.Choice{{Names: []string{"milk"}}, {Topics: []string{"milk"}}} {
		if _, err := wrong.Of(cases); err == nil {
			t.Errorf("%+v picks something", wrong)
		}
	}
}

func TestSheets(t *testing.T) {
	c := inTurn("a", exam.Must, exam.Passed(text("well")))
	results := exam.Run(t.Context(), exam.Plan{Cases: []exam.Case{c}})
	sheet := exam.NewSheet(exam.Client, exam.About{Name: "pot", Version: "1"}, results, lang.En)
	var b strings.Builder
	if err := sheet.Write(&b); err != nil {
		t.Fatal(err)
	}
	back, err := exam.ReadSheet(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sheet, back); diff != "" {
		t.Errorf("a sheet read back (-want +got):\n%s", diff)
	}
	if d := exam.Compare(sheet, back); len(d) != 0 {
		t.Errorf("a sheet differs from itself: %v", d)
	}
	back.Results[0].Verdict = exam.Fail
	back.Results = append(back.Results, exam.Entry{Case: "b", Over: wire.H1})
	if d := exam.Compare(sheet, back); len(d) != 2 || d[0].After.Verdict != exam.Fail || d[1].Before != nil {
		t.Errorf("differences: %+v", d)
	}
	for _, bad := range []string{"", "{", `{"schema":2}`} {
		if _, err := exam.ReadSheet(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read as a sheet", bad)
		}
	}
	if _, err := exam.ReadSheet(strings.NewReader(`{"schema":1}`)); err != nil {
		t.Error(err)
	}
}
