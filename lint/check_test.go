package lint_test

import (
	"slices"
	"testing"

	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

func parse(t testing.TB, request, responses string) *wire.Exchange {
	t.Helper()
	x, err := wire.Parse([]byte(request), []byte(responses))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

const get = "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"

// A 401 that lacks its challenge and its Date.
const bare401 = "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno"

func rule(t testing.TB, name string) lint.Rule {
	t.Helper()
	r, ok := lint.Lookup(name)
	if !ok {
		t.Fatalf("there is no rule %s", name)
	}
	return r
}

func TestNothingIsConcludedWithoutEvidence(t *testing.T) {
	x := parse(t, get, bare401)
	x.Seen = wire.ShowsRequest
	result := lint.Check(x)
	if len(result.Findings) > 0 {
		t.Errorf("%s fires on an exchange whose answer was not seen", result.Findings[0].Rule.Name)
	}
	if result.Unjudged == 0 || result.Missing&wire.ShowsResponse == 0 {
		t.Errorf("got %d rules unjudged, missing %b; want the response among what is missing", result.Unjudged, result.Missing)
	}
}

func TestHiddenAndRedactedFields(t *testing.T) {
	challenge := "HTTP/1.1 401 Unauthorized\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n" +
		"WWW-Authenticate: Basic\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno"
	for _, test := range []struct {
		name, rule, responses string
		change                func(*wire.Message)
	}{
		{"absent and hidden", "unauthorized-without-challenge", bare401,
			func(m *wire.Message) { m.Hidden = []string{"www-authenticate"} }},
		{"absent and hidden", "date-absent", bare401,
			func(m *wire.Message) { m.Hidden = []string{"Date"} }},
		{"present and redacted", "basic-without-realm", challenge,
			func(m *wire.Message) { m.Fields[1].Value, m.Fields[1].Redacted = "", true }},
		{"present and hidden", "basic-without-realm", challenge,
			func(m *wire.Message) { m.Hidden = []string{"WWW-Authenticate"} }},
	} {
		x := parse(t, get, test.responses)
		judge := rule(t, test.rule)
		if got := lint.Check(x, judge); len(got.Findings) != 1 {
			t.Fatalf("%s: got %d findings before the change, want 1", test.rule, len(got.Findings))
		}
		test.change(&x.Final.Message)
		got := lint.Check(x, judge)
		if len(got.Findings) != 0 || got.Unjudged != 1 || got.Judged != 0 {
			t.Errorf("%s, %s: got %d findings, %d unjudged; want none, 1", test.rule, test.name, len(got.Findings), got.Unjudged)
		}
	}
}

func TestUnjudgedNamesTheRules(t *testing.T) {
	x := parse(t, get, bare401)
	x.Seen = wire.ShowsAll &^ wire.ShowsAfter
	var got []string
	for r, missing := range lint.New(lint.All...).Unjudged(x) {
		if missing != wire.ShowsAfter {
			t.Errorf("%s lacks %b, want %b", r.Name, missing, wire.ShowsAfter)
		}
		got = append(got, r.Name)
	}
	want := []string{"content-in-answer-to-head", "octets-after-answer"}
	if !slices.Equal(got, want) {
		t.Errorf("unjudged: got %q, want %q", got, want)
	}
}

// A rule for several codes runs once, however many answers have them.
func TestARuleRunsOnce(t *testing.T) {
	ran := 0
	r := lint.Rule{Name: "a-b", Codes: []status.Code{100, 103, 200}, Check: func(*wire.Exchange, *lint.Report) { ran++ }}
	x := parse(t, get, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	if lint.Check(x, r); ran != 1 {
		t.Errorf("the rule ran %d times, want once", ran)
	}
}

// What a live reading or a capture may hand over, however odd, is judged
// without a panic.
func TestOddExchanges(t *testing.T) {
	watch := checker.Watch(lint.Memory{})
	for _, x := range []*wire.Exchange{
		{},
		{Seen: wire.ShowsAll},
		{Seen: wire.ShowsAll, Final: &wire.Response{}},
		{Seen: wire.ShowsAll, Final: &wire.Response{Status: -1}},
		{Seen: wire.ShowsAll, Final: &wire.Response{Status: 100}},
		{Seen: wire.ShowsAll, Interim: make([]wire.Response, 3)},
		{Seen: wire.ShowsAll, Interim: []wire.Response{{Status: 304}, {Status: 999}}},
	} {
		watch.Check(x)
	}
	for _, e := range status.Table {
		x := &wire.Exchange{Seen: wire.ShowsAll, Final: &wire.Response{Status: e.Code}}
		watch.Check(x)
		x = &wire.Exchange{Seen: wire.ShowsAll, Interim: []wire.Response{{Status: e.Code}}}
		watch.Check(x)
	}
}

const clean200 = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nETag: \"a\"\r\n" +
	"Last-Modified: Sun, 06 Nov 1994 08:00:00 GMT\r\nCache-Control: max-age=60\r\nVary: Accept\r\n" +
	"Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"

func TestACleanExchangeCostsNoAllocation(t *testing.T) {
	x := parse(t, get, clean200)
	c := lint.New(lint.All...)
	if result := c.Check(x); len(result.Findings) > 0 {
		t.Fatalf("%s fires on a clean exchange", result.Findings[0].Rule.Name)
	}
	if n := testing.AllocsPerRun(100, func() { c.Check(x) }); n > 0 {
		t.Errorf("got %v allocations, want none", n)
	}
}

func BenchmarkCheckClean(b *testing.B)   { benchmark(b, clean200) }
func BenchmarkCheckFinding(b *testing.B) { benchmark(b, bare401) }

func benchmark(b *testing.B, responses string) {
	x := parse(b, get, responses)
	c := lint.New(lint.All...)
	b.ReportAllocs()
	for b.Loop() {
		c.Check(x)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "exchanges/s")
}

// Whatever crosses the wire is judged without a panic, and never at more than
// one finding a rule.
func FuzzCheck(f *testing.F) {
	for _, name := range lint.PageNames() {
		page, err := lint.PageOf(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, e := range append(page.Bad, page.Good...) {
			f.Add(e.Request, e.Responses)
		}
	}
	f.Fuzz(func(t *testing.T, request, responses []byte) {
		x, err := wire.Parse(request, responses)
		if err != nil {
			return
		}
		names(t, lint.Check(x))
		// Held against itself: rules over several exchanges have something to read.
		watch := checker.Watch(lint.Memory{})
		watch.Check(x)
		names(t, watch.Check(x))
	})
}
