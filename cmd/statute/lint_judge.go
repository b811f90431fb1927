package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"sync"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/report"
	"github.com/statute-http/statute/wire"
)

// A source is one input: its name, and how to read it.
type source struct {
	name    string
	entries func(context.Context) iter.Seq2[*capture.Entry, error]
	live    bool // it goes on until it is interrupted, and nothing may wait for more of it
}

// judging is one run: several sources are read and judged at a time, and
// reported in their order.
type judging struct {
	env     *environment
	checker *lint.Checker
	out     *reportOutput
	known   *report.Baseline // findings that are left out; may be nil
	learn   *report.Baseline // where findings are written instead; may be nil

	tally report.Tally
}

// How much is read ahead. With the limit on an entry's content, this bounds what
// is held at a time.
const (
	batchEntries = 64
	batchOctets  = 1 << 20 // of messages, after which a batch is passed on
	batchesAhead = 4
	atOnce       = 4 // sources, however many processors there are
)

// A batch is what was read and judged of a source: entries in order, and an
// error where the last one ends.
type batch struct {
	entries  []*capture.Entry
	results  []lint.Result
	findings []*report.Finding
	err      error
}

// judge reads, judges and reports all sources.
func (j *judging) judge(ctx context.Context, sources []source) error {
	reading, cancel := context.WithCancel(ctx)
	if isLive(sources) {
		// Their end is what was seen until then, and no reason to drop it.
		reading, cancel = context.WithCancel(context.WithoutCancel(ctx))
	}
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()
	judged := make([]chan *batch, len(sources))
	for i := range judged {
		judged[i] = make(chan *batch, batchesAhead)
	}
	next := make(chan int)
	workers.Go(func() {
		defer close(next)
		for i := range sources {
			select {
			case next <- i:
			case <-reading.Done():
				// Nobody will read these: who waits for them has to learn that.
				for _, unread := range judged[i:] {
					close(unread)
				}
				return
			}
		}
	})
	for range max(2, min(atOnce, runtime.GOMAXPROCS(0), len(sources))) {
		workers.Go(func() {
			for i := range next {
				j.work(reading, &sources[i], judged[i])
			}
		})
	}
	for i := range sources {
		if err := j.report(reading, &sources[i], judged[i]); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil && !isLive(sources) {
		return cannot(lang.Text{En: "judge all inputs", ZhTW: "判斷所有輸入"}, errors.New("it was interrupted"), lang.Text{})
	}
	return j.out.close(&j.tally)
}

func isLive(sources []source) bool { return len(sources) > 0 && sources[0].live }

// work reads and judges one source: reading in one goroutine, judging in
// another, both in the order of the entries.
func (j *judging) work(ctx context.Context, s *source, to chan<- *batch) {
	defer close(to)
	read := make(chan *batch, batchesAhead)
	var reader sync.WaitGroup
	defer reader.Wait()
	reader.Go(func() {
		defer close(read)
		j.read(ctx, s, read)
	})
	watch := j.checker.Watch(lint.Memory{})
	var numbers numbering
	for b := range read {
		for _, e := range b.entries {
			numbers.take(e.Number)
			r := watch.Check(e.Exchange)
			for _, f := range r.Findings {
				f.Earlier = numbers.of(f.Earlier)
				b.findings = append(b.findings, report.Of(e.Exchange, f, placeOf(s, e)))
			}
			b.results = append(b.results, r)
		}
		select {
		case to <- b:
		case <-ctx.Done():
			for range read { // so that the reader ends
			}
			return
		}
	}
}

// read passes the entries of a source on in batches; live ones as they come.
func (j *judging) read(ctx context.Context, s *source, to chan<- *batch) {
	b, octets := &batch{}, 0
	pass := func() bool {
		select {
		case to <- b:
		case <-ctx.Done():
			return false
		}
		b, octets = &batch{}, 0
		return true
	}
	for e, err := range s.entries(ctx) {
		if err != nil {
			b.err = err
			if !pass() {
				return
			}
			continue
		}
		b.entries = append(b.entries, e)
		octets += sizeOf(e.Exchange)
		if (s.live || len(b.entries) == batchEntries || octets > batchOctets) && !pass() {
			return
		}
	}
	if len(b.entries) > 0 {
		pass()
	}
}

// sizeOf returns about how many octets an exchange holds.
func sizeOf(x *wire.Exchange) int {
	n := 0
	add := func(m *wire.Message) {
		n += len(m.Content.Data) + len(m.Octets)
		for i := range m.Fields {
			n += len(m.Fields[i].Name) + len(m.Fields[i].Value)
		}
	}
	add(&x.Request.Message)
	for i := range x.Interim {
		add(&x.Interim[i].Message)
	}
	if x.Final != nil {
		add(&x.Final.Message)
	}
	return n
}

func placeOf(s *source, e *capture.Entry) report.Place {
	return report.Place{Input: s.name, Entry: e.Number, Offset: e.Offset, Line: e.Line, Name: e.Name}
}

// report takes what was judged of a source.
func (j *judging) report(ctx context.Context, s *source, from <-chan *batch) error {
	j.tally.Inputs++
	troubles := 0
	for b := range from {
		for i, e := range b.entries {
			j.tally.Add(j.checker, e.Exchange, &b.results[i])
		}
		for _, f := range b.findings {
			if err := j.finding(f); err != nil {
				return err
			}
		}
		if b.err != nil && !errors.Is(b.err, context.Canceled) {
			if troubles++; troubles == 1 {
				j.tally.Troubles++
			}
			if err := j.trouble(s.name, b.err, troubles); err != nil {
				return err
			}
		}
	}
	return j.out.End(s.name)
}

func (j *judging) finding(f *report.Finding) error {
	switch {
	case j.known.Has(f):
		j.tally.Known++
		return nil
	case j.learn != nil:
		if err := j.learn.Add(f); err != nil {
			return cannot(lang.Text{En: "write the baseline", ZhTW: "寫出基準檔"}, err,
				lang.Text{En: "choose fewer rules with --rule or --ignore", ZhTW: "請用 --rule 或 --ignore 減少規則"})
		}
	}
	j.tally.Found(f)
	return j.out.Finding(f)
}

// mostTroubles is how many of an input's faults are told.
const mostTroubles = 20

func (j *judging) trouble(name string, err error, n int) error {
	says := lang.Text{En: err.Error(), ZhTW: err.Error()}
	var broken *capture.Error
	var own *failure
	switch {
	case errors.As(err, &broken):
		says = lang.Text{En: broken.In(lang.En), ZhTW: broken.In(lang.ZhTW)}
	case errors.As(err, &own):
		says = own.why
	}
	switch {
	case n > mostTroubles:
		return nil
	case n == mostTroubles:
		says = lang.Text{En: "and more of this kind, which are not told", ZhTW: "還有更多這類問題，不再列出"}
	}
	j.out.aside(func() {
		fmt.Fprintf(j.env.stderr, "statute: %s%s%s\n", visibleName(name), j.env.colon(), j.env.in(says))
	})
	return j.out.Trouble(&report.Trouble{Input: name, Says: says})
}
