// Package results holds what real software did in the exams, a sheet for each:
//
//	clients/   go run ./bench/clients
//	servers/   go run ./bench/subjects servers
//	proxies/   go run ./bench/subjects proxies
//
// All of a role were made by one command on one machine, with the versions that
// Debian 12, npm and Go had that day; each sheet says which, when it was made, and
// how its subject was driven or started. They are old versions by the time
// somebody reads this: a fail that lets messages get out of step on a connection
// is no news to their makers, and may long be repaired. Beside the sheets stands
// what was seen when the fails were repeated by hand.
package results

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/statute-http/statute/exam"
)

//go:embed clients/*.json servers/*.json proxies/*.json
var sheets embed.FS

// All returns the sheets of every role, each role's by their names.
func All() ([]*exam.Sheet, error) {
	names, err := fs.Glob(sheets, "*/*.json")
	if err != nil {
		return nil, err
	}
	var all []*exam.Sheet
	for _, name := range names {
		f, err := sheets.Open(name)
		if err != nil {
			return nil, err
		}
		s, err := exam.ReadSheet(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("results/%s: %w", name, err)
		}
		all = append(all, s)
	}
	return all, nil
}
