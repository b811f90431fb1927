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
	"strings"
	"time"

	"github.com/statute-http/statute/bench/sheet"
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

func examine(ctx context.Context, name string, cases []exam.Case, out string, parallel, repeat int, transcripts bool) error {
	subject, end, err := roster.Open(ctx, name)
	if err != nil {
		return err
	}
	defer end()
	began := time.Now()
	plan := client.Plan(subject, cases)
	plan.Over, plan.Repeat = wire.Protocols, repeat
	if plan.Parallel == 0 || parallel < plan.Parallel {
		plan.Parallel = parallel
	}
	results := exam.Run(ctx, plan)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s := exam.NewSheet(exam.Client, subject.About(), results, lang.En)
	if !transcripts {
		sheet.Thin(s)
	}
	fmt.Println(sheet.Line(s, time.Since(began)))
	return sheet.Write(s, out)
}
