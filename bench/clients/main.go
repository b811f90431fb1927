// Command clients examines the clients of this machine and writes a sheet for
// each into a folder: what results/clients holds.
//
//	go run ./bench/clients -o results/clients            all that are there
//	go run ./bench/clients -o /tmp/sheets curl node-got  these
//
// A client that is not there is told of and left out.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/roster"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

func main() {
	out := flag.String("o", "results/clients", "`folder` for the sheets")
	parallel := flag.Int("parallel", 4, "trials at a time")
	repeat := flag.Int("repeat", 1, "how often each case is asked")
	transcripts := flag.Bool("transcripts", false, "keep the transcripts")
	cases := flag.String("case", "", "only these, separated by commas")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	choice := exam.Choice{Slow: true}
	if *cases != "" {
		choice.Names = strings.Split(*cases, ",")
	}
	chosen, err := choice.Of(client.All)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	names := flag.Args()
	if len(names) == 0 {
		names = roster.Names()
	}
	failed := false
	for _, name := range names {
		if err := examine(ctx, name, chosen, *out, *parallel, *repeat, *transcripts); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
			failed = true
		}
	}
	if failed {
		os.Exit(3)
	}
}

// address is what differs from trial to trial in an URL of ours.
var address = regexp.MustCompile(`(127\.0\.0\.\d|localhost|\[::1\]):\d+(/[0-9a-f]{12})?`)

// thin takes off a sheet what a repository does not need: transcripts, times,
// port numbers and nonces, which are new with each run, and protocols that the
// client does not speak.
func thin(s *exam.Sheet) {
	silent := map[wire.Protocol]bool{}
	for _, e := range s.Results {
		if e.Case == "baseline-get" && e.Verdict != exam.Pass {
			silent[e.Over] = true
		}
	}
	s.Results = slices.DeleteFunc(s.Results, func(e exam.Entry) bool { return silent[e.Over] })
	for i := range s.Results {
		e := &s.Results[i]
		e.Transcript, e.Took = nil, 0
		e.Detail = address.ReplaceAllString(e.Detail, "$1:PORT/NONCE")
	}
}

func examine(ctx context.Context, name string, cases []exam.Case, out string, parallel, repeat int, transcripts bool) error {
	subject, end, err := roster.Open(ctx, name)
	if err != nil {
		return err
	}
	defer end()
	began := time.Now()
	results := exam.Run(ctx, exam.Plan{
		Cases: cases, Over: wire.Protocols, Subject: subject, Can: subject.Can(), Parallel: parallel, Repeat: repeat})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s := exam.NewSheet(exam.Client, subject.About(), results, lang.En)
	if !transcripts {
		thin(s)
	}
	n := s.Count("")
	fmt.Printf("%-24s %s: %d pass, %d refused, %d fail (%d must), %d info, %d flaky, %d void, %d n/a; %.0f s\n", name, s.Subject.Version,
		n[exam.Pass], n[exam.Refused], n[exam.Fail], s.Count(exam.Must)[exam.Fail], n[exam.Value], n[exam.Flaky], n[exam.Void], n[exam.NA], time.Since(began).Seconds())
	path := filepath.Join(out, name+".json")
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := s.Write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
