// Command subjects examines the servers and the proxies that package
// exam/subjects can start, and writes a sheet for each: what results/servers and
// results/proxies hold, and beside them a page with all of a role.
//
//	go run ./bench/subjects                        all servers and all proxies
//	go run ./bench/subjects servers nginx apache   these
//	go run ./bench/subjects -install -runs 5       what is missing is got first; five runs are compared
//	go run ./bench/subjects -start servers nginx   only starts it, says where, and ends it with the input;
//	                                               a proxy wants -origin 127.0.0.1:PORT besides
//
// What is not on this machine is told of and left out. Of more runs than one, a
// case that does not come out the same each time is told of, and is flaky in the
// sheet.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/statute-http/statute/bench/sheet"
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/subjects"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/report"
)

func main() {
	var h hall
	flag.StringVar(&h.out, "o", "results", "`folder` in which servers/ and proxies/ are")
	flag.IntVar(&h.runs, "runs", 1, "how often each is started and examined")
	flag.BoolVar(&h.install, "install", false, "get what is missing, from Debian (as root), npm and Go")
	flag.BoolVar(&h.transcripts, "transcripts", false, "keep the transcripts")
	start := flag.Bool("start", false, "start the one that is named, tell what is declared of it as JSON, and end it when standard input ends")
	origin := flag.String("origin", "", "with -start, `host:port` of the origin behind a proxy, on loopback")
	atOnce := flag.Int("parallel", 1, "subjects at a time; more may disturb each other")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	all, err := chosen(flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if *start {
		if len(all) != 1 || (all[0].Role == exam.Proxy) != (*origin != "") {
			fmt.Fprintln(os.Stderr, "-start starts one: go run ./bench/subjects -start servers NAME, or -start -origin 127.0.0.1:PORT proxies NAME")
			os.Exit(2)
		}
		if err := lend(ctx, all[0], *origin, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			stop()
			os.Exit(3)
		}
		return
	}
	failed := h.examine(ctx, all, *atOnce)
	for role := range folders {
		if err := h.matrix(role); err != nil {
			fmt.Fprintln(os.Stderr, err)
			failed = true
		}
	}
	if failed {
		stop()
		os.Exit(3)
	}
}

// folders are what the roles are called here.
var folders = map[exam.Role]string{exam.Server: "servers", exam.Proxy: "proxies"}

// chosen are the subjects that the words name.
func chosen(words []string) ([]*subjects.Subject, error) {
	roles := []exam.Role{exam.Server, exam.Proxy}
	if len(words) > 0 {
		roles = slices.DeleteFunc(roles, func(r exam.Role) bool { return folders[r] != words[0] })
		if len(roles) == 0 {
			return nil, fmt.Errorf("%q is neither servers nor proxies: go run ./bench/subjects [servers|proxies [NAME...]]", words[0])
		}
		words = words[1:]
	}
	var all []*subjects.Subject
	for _, role := range roles {
		names := words
		if len(names) == 0 {
			names = subjects.Names(role)
		}
		for _, name := range names {
			s, err := subjects.Lookup(role, name)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		}
	}
	return all, nil
}

// A hall is where exams are held.
type hall struct {
	out                  string
	runs                 int
	install, transcripts bool
}

// examine holds all exams, and reports whether one could not be.
func (h *hall) examine(ctx context.Context, all []*subjects.Subject, atOnce int) (failed bool) {
	var mu sync.Mutex
	var under sync.WaitGroup
	places := make(chan struct{}, max(1, atOnce))
	for _, s := range all {
		places <- struct{}{}
		under.Go(func() {
			defer func() { <-places }()
			if err := h.subject(ctx, s); err != nil {
				fmt.Fprintf(os.Stderr, "%s: %v\n", s.Name, err)
				mu.Lock()
				defer mu.Unlock()
				failed = true
			}
		})
	}
	under.Wait()
	return failed
}

// subject examines one as often as it has to be.
func (h *hall) subject(ctx context.Context, s *subjects.Subject) error {
	if h.install {
		if err := s.Install(ctx); err != nil {
			return err
		}
	}
	if err := s.Missing(); err != nil {
		fmt.Printf("%-24s left out: %v\n", s.Name, err)
		return nil
	}
	var first *exam.Sheet
	for n := range max(1, h.runs) {
		found, err := h.once(ctx, s)
		switch {
		case err != nil:
			return err
		case first == nil:
			first = found
			continue
		}
		for _, d := range exam.Compare(first, found) {
			fmt.Printf("%-24s run %d, %s over %s: %s\n", s.Name, n+1, d.Case, d.Over, sheet.Unsteady(first, d))
		}
	}
	return sheet.Write(first, filepath.Join(h.out, folders[s.Role]))
}

func (h *hall) once(ctx context.Context, s *subjects.Subject) (*exam.Sheet, error) {
	cases, err := exam.Choice{}.Of(subjects.Cases(s.Role))
	if err != nil {
		return nil, err
	}
	r, err := s.Start(ctx)
	if err != nil {
		return nil, err
	}
	defer r.End()
	began := time.Now()
	found, err := r.Examine(ctx, cases, subjects.AtOnce)
	if err != nil {
		return nil, err
	}
	if !h.transcripts {
		sheet.Thin(found)
	}
	fmt.Println(sheet.Line(found, time.Since(began)))
	return found, nil
}

// matrix lays all sheets of a role side by side, also those of other days.
func (h *hall) matrix(role exam.Role) error {
	names, err := filepath.Glob(filepath.Join(h.out, folders[role], "*.json"))
	if err != nil || len(names) == 0 {
		return err
	}
	var sheets []*exam.Sheet
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		s, err := exam.ReadSheet(f)
		f.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		sheets = append(sheets, s)
	}
	f, err := os.Create(filepath.Join(h.out, folders[role]+".html"))
	if err != nil {
		return err
	}
	return errors.Join(report.Matrix(f, sheets, subjects.Cases(role), lang.En), f.Close())
}
