package main

import (
	"context"
	"iter"
	"slices"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/capture/ask"
)

// asker returns what makes a source of a URL, and what closes it all.
func (f *lintFlags) asker(env *environment, args []string) (func(string) source, func() error, error) {
	protocols, err := protocolsOf(f.over)
	if err != nil {
		return nil, nil, err
	}
	if !slices.ContainsFunc(args, isURL) {
		return nil, func() error { return nil }, nil
	}
	trust, err := f.serverTLS()
	if err != nil {
		return nil, nil, err
	}
	journal, err := f.openJournal()
	if err != nil {
		return nil, nil, err
	}
	a := &ask.Asker{
		Protocols: protocols, TLS: trust,
		Agent: "statute-lint/" + versionOf(buildInfo()).Version + " (+https://github.com/statute-http/statute)",
	}
	source := func(address string) source {
		return source{name: address, entries: func(ctx context.Context) iter.Seq2[*capture.Entry, error] {
			return func(yield func(*capture.Entry, error) bool) {
				n := 0
				for x, err := range a.Ask(ctx, address) {
					var e *capture.Entry
					if err == nil {
						n++
						journal.keep(x)
						e = &capture.Entry{Number: n, Offset: -1, Exchange: x}
					}
					if !yield(e, err) {
						return
					}
				}
			}
		}}
	}
	return source, journal.close, nil
}
