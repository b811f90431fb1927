package client_test

import (
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/nethttp"
	"github.com/statute-http/statute/needs"
)

// BenchmarkCurl holds the whole exam over HTTP/1.1 with curl. It prints how long
// that took beside what it cannot be faster than: all processes started one
// after the other on each core, or the longest case.
func BenchmarkCurl(b *testing.B) {
	needs.Program(b, "curl", "curl")
	profile, err := client.LookupProfile("curl")
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	const starts = 20
	for range starts {
		exec.Command("curl", "--version").Run()
	}
	bare := time.Since(began) / starts
	for b.Loop() {
		c, err := client.NewCommand(b.Context(), profile)
		if err != nil {
			b.Fatal(err)
		}
		wall, longest := hold(b, c)
		started := float64(c.Started()) * bare.Seconds() / float64(runtime.NumCPU())
		bound := max(started, longest.Seconds())
		b.ReportMetric(float64(c.Started()), "processes")
		b.ReportMetric(bare.Seconds()*1000, "ms/start")
		b.ReportMetric(longest.Seconds(), "s-longest-case")
		b.ReportMetric(wall.Seconds(), "s-wall")
		b.ReportMetric(wall.Seconds()/bound, "wall/bound")
	}
}

// BenchmarkNetHTTP holds it with a client of this process.
func BenchmarkNetHTTP(b *testing.B) {
	for b.Loop() {
		wall, longest := hold(b, nethttp.New())
		b.ReportMetric(longest.Seconds(), "s-longest-case")
		b.ReportMetric(wall.Seconds(), "s-wall")
	}
}

func hold(b *testing.B, subject client.Subject) (wall, longest time.Duration) {
	cases, err := exam.Choice{}.Of(client.All)
	if err != nil {
		b.Fatal(err)
	}
	plan := client.Plan(subject, cases)
	plan.Parallel = client.AtOnce
	began := time.Now()
	for _, r := range exam.Run(b.Context(), plan) {
		if r.Outcome == exam.Void {
			b.Errorf("%s: %s", r.Case.Name, r.Detail.En)
		}
		longest = max(longest, r.Took)
	}
	return time.Since(began), longest
}
