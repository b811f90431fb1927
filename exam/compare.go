package exam

import "github.com/statute-http/statute/wire"

// A Difference is a question to which two sheets have different answers.
type Difference struct {
	Case   string        `json:"case"`
	Level  Level         `json:"level"`
	Over   wire.Protocol `json:"over"`
	Before *Entry        `json:"before"` // nil: not asked there
	After  *Entry        `json:"after"`
}

// Compare returns the differences of two sheets, in the order of the first, then
// what only the second has.
func Compare(before, after *Sheet) []Difference {
	type key struct {
		name string
		over wire.Protocol
	}
	second := map[key]*Entry{}
	for i := range after.Results {
		e := &after.Results[i]
		second[key{e.Case, e.Over}] = e
	}
	var all []Difference
	for i := range before.Results {
		a := &before.Results[i]
		k := key{a.Case, a.Over}
		b := second[k]
		delete(second, k)
		if b == nil || a.Verdict != b.Verdict || a.Value != b.Value {
			all = append(all, Difference{a.Case, a.Level, a.Over, a, b})
		}
	}
	for i := range after.Results {
		b := &after.Results[i]
		if second[key{b.Case, b.Over}] != nil {
			all = append(all, Difference{b.Case, b.Level, b.Over, nil, b})
		}
	}
	return all
}
