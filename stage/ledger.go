package stage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/statute-http/statute/origin"
)

// A ledger is the money of one world: whole units, worth nothing outside. It is
// one note of the world's document and changes by compare-and-set, so that a
// payment happens whole or not at all, once, on one server and on many, and is
// still there after a restart. No unit is made or lost but by the opening of a
// purse.
type ledger struct {
	Shop   int               `json:"shop"` // what the shop has taken
	Purses map[string]*purse `json:"purses"`
	Sales  map[string]*sale  `json:"sales"` // paid for, by the challenge's id, until the challenge ends
}

type purse struct {
	Units   int       `json:"units"`
	Touched time.Time `json:"touched"`
}

// A sale is units that have left a purse and have not come to the shop, or have.
type sale struct {
	Purse string    `json:"purse"`
	Units int       `json:"units"`
	Until time.Time `json:"until"`
	Taken bool      `json:"taken,omitempty"`
}

const (
	ledgerNote = "ledger"
	newPurse   = 10  // units that it is opened with
	mostPurses = 500 // of a world
	mostSales  = 500 // that wait for their end
	purseIdle  = 10 * time.Minute
)

// What a ledger refuses.
var (
	errPoor    = errors.New("the purse does not hold that much")
	errPaid    = errors.New("this challenge was paid for before")
	errUnpaid  = errors.New("this challenge was not paid for")
	errTaken   = errors.New("this payment was used before")
	errTooMuch = errors.New("the ledger has no room for one more")
)

// readLedger reads the note, and brings it up to now: what was paid and not
// used in time goes back to its purse; in the world that everybody shares,
// purses that nobody has touched for long are forgotten.
func readLedger(text string, now time.Time, shared bool) (*ledger, error) {
	l := &ledger{Purses: map[string]*purse{}, Sales: map[string]*sale{}}
	if text != "" {
		if err := json.Unmarshal([]byte(text), l); err != nil {
			return nil, fmt.Errorf("the ledger is damaged: %w", err)
		}
	}
	for id, s := range l.Sales {
		if now.Before(s.Until) {
			continue
		}
		if p := l.Purses[s.Purse]; p != nil && !s.Taken {
			p.Units += s.Units
		}
		delete(l.Sales, id)
	}
	for name, p := range l.Purses {
		if shared && now.Sub(p.Touched) > purseIdle {
			delete(l.Purses, name)
		}
	}
	return l, nil
}

// pay moves units out of a purse, which is opened if there is none of that name,
// into a sale.
func (l *ledger) pay(name, id string, units int, now, until time.Time) error {
	p := l.Purses[name]
	switch {
	case l.Sales[id] != nil:
		return errPaid
	case p == nil && len(l.Purses) >= mostPurses || len(l.Sales) >= mostSales:
		return errTooMuch
	case p == nil:
		p = &purse{Units: newPurse}
		l.Purses[name] = p
	}
	p.Touched = now
	if p.Units < units {
		return errPoor
	}
	p.Units -= units
	l.Sales[id] = &sale{Purse: name, Units: units, Until: until}
	return nil
}

// held returns the sale of a challenge that was paid for and not used.
func (l *ledger) held(id string) (*sale, error) {
	s := l.Sales[id]
	switch {
	case s == nil:
		return nil, errUnpaid
	case s.Taken:
		return nil, errTaken
	}
	return s, nil
}

// take moves the units of a sale to the shop.
func (l *ledger) take(id string) error {
	s, err := l.held(id)
	if err == nil {
		s.Taken = true
		l.Shop += s.Units
	}
	return err
}

// outstanding are the units that are paid and not used.
func (l *ledger) outstanding() int {
	n := 0
	for _, s := range l.Sales {
		if !s.Taken {
			n += s.Units
		}
	}
	return n
}

// ledgerOf returns the ledger of a world as it stands.
func (t *till) ledgerOf(ctx context.Context, w *origin.World) (*ledger, error) {
	text, err := w.Noted(ctx, ledgerNote)
	if err != nil {
		return nil, err
	}
	return readLedger(text, t.now(), w.Idle > 0)
}

// book makes an entry in the ledger of a world.
func (t *till) book(ctx context.Context, w *origin.World, entry func(*ledger) error) error {
	return w.Rewrite(ctx, ledgerNote, func(text string) (string, error) {
		l, err := readLedger(text, t.now(), w.Idle > 0)
		if err != nil {
			return "", err
		}
		if err := entry(l); err != nil {
			return "", err
		}
		octets, err := json.Marshal(l)
		return string(octets), err
	})
}
