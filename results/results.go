// Package results holds what real software did in the exams: a sheet for each
// client in clients/, all made by one command on one machine,
//
//	go run ./bench/clients -o results/clients
//
// with the versions that Debian 12, npm and Go had that day; each sheet says
// which, when it was made, and how the client was driven. They are old versions
// by the time somebody reads this: a fail that lets answers get out of step on a
// connection is no news to their makers, and may long be repaired.
package results

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/statute-http/statute/exam"
)

//go:embed clients/*.json
var sheets embed.FS

// Clients returns the sheets of clients, by their names.
func Clients() ([]*exam.Sheet, error) {
	entries, err := sheets.ReadDir("clients")
	if err != nil {
		return nil, err
	}
	var all []*exam.Sheet
	for _, entry := range entries {
		f, err := sheets.Open("clients/" + entry.Name())
		if err != nil {
			return nil, err
		}
		s, err := exam.ReadSheet(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("results/clients/%s: %w", entry.Name(), err)
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *exam.Sheet) int { return strings.Compare(a.Subject.Name, b.Subject.Name) })
	return all, nil
}
