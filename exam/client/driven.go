package client

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/statute-http/statute/exam"
)

// A Driven is a subject that drives itself: it asks a [Loop] for orders and
// reports to it. Orders are handed over one at a time.
type Driven struct {
	about  exam.About
	can    map[exam.Capability]bool
	paged  bool
	orders chan *toAdapter
	gone   context.Context // ends when the client is not heard of any more, or its exam is over

	told chan struct{} // closed when the client was told that its exam is over
	tell sync.Once

	mu       sync.Mutex
	n        int
	awaiting map[int]chan *fromAdapter
	heard    time.Time
}

// newDriven makes a subject of what a client says of itself.
func newDriven(gone context.Context, hello *fromAdapter) *Driven {
	d := &Driven{
		about: exam.About{Name: hello.Subject, Version: hello.Version, Options: hello.Options},
		can:   map[exam.Capability]bool{}, paged: hello.Page, orders: make(chan *toAdapter), gone: gone,
		told: make(chan struct{}), awaiting: map[int]chan *fromAdapter{}, heard: time.Now(),
	}
	for _, c := range hello.Caps {
		d.can[c] = true
	}
	return d
}

// About says who it is.
func (d *Driven) About() exam.About { return d.about }

// Can says what it says that it can do.
func (d *Driven) Can() map[exam.Capability]bool { return d.can }

// Paged reports whether it is a page in a browser.
func (d *Driven) Paged() bool { return d.paged }

// Told is closed when the client was told that its exam is over.
func (d *Driven) Told() <-chan struct{} { return d.told }

var errGone = errors.New("the client was not heard of any more")

// Do hands orders over, each when the one before was reported, and tells the
// client that they are all.
func (d *Driven) Do(ctx context.Context, orders []Order) []Report {
	session := "s" + exam.NewNonce()
	var reports []Report
	for i := range orders {
		answer, err := d.ask(ctx, session, &orders[i])
		if err != nil {
			return append(reports, Report{Late: ctx.Err() != nil, Err: &Error{ErrOther, err.Error()}})
		}
		reports = append(reports, answer.report())
	}
	d.hand(ctx, &toAdapter{End: session})
	return reports
}

// ask hands one order over and waits for its report.
func (d *Driven) ask(ctx context.Context, session string, o *Order) (*fromAdapter, error) {
	report := make(chan *fromAdapter, 1)
	d.mu.Lock()
	d.n++
	id := d.n
	d.awaiting[id] = report
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.awaiting, id)
	}()
	if err := d.hand(ctx, orderTo(id, session, o)); err != nil {
		return nil, err
	}
	select {
	case r := <-report:
		return r, nil
	case <-ctx.Done():
		return nil, errors.New("the client did not report in time")
	case <-d.gone.Done():
		return nil, errGone
	}
}

// hand waits until the client asks for an order.
func (d *Driven) hand(ctx context.Context, m *toAdapter) error {
	select {
	case d.orders <- m:
		return nil
	case <-ctx.Done():
		return errors.New("the client did not ask for its order in time")
	case <-d.gone.Done():
		return errGone
	}
}

// report takes a report; false: nobody waits for it, or not any more.
func (d *Driven) report(r *fromAdapter) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	report, ok := d.awaiting[r.ID]
	if ok {
		delete(d.awaiting, r.ID)
		report <- r
	}
	return ok
}

// hear notes that the client is there; silent says for how long it was not.
func (d *Driven) hear() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.heard = time.Now()
}

func (d *Driven) silent() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Since(d.heard)
}
