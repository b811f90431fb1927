package status

import (
	"cmp"
	"slices"
)

// A Meaning is all that is known of an integer in the place of a status code.
// What it points to is shared and for reading only.
type Meaning struct {
	Code    Code
	Entry   *Entry    // nil unless registered
	Private []Private // uses outside the registry, none if nil
	TreatAs Code      // the code as which a client handles it
}

// Lookup answers for any integer. It does not allocate.
func Lookup(c Code) Meaning {
	m := Meaning{Code: c, TreatAs: treatAs(c)}
	if i := place(c); i >= 0 {
		m.Entry = &Table[i]
		return m
	}
	m.Private = private(c)
	return m
}

// Get returns the entry of a registered code, and whether it is one.
func Get(c Code) (Entry, bool) {
	if i := place(c); i >= 0 {
		return Table[i], true
	}
	return Entry{}, false
}

// RFC 9110 §15: a client MUST handle a code that it does not recognise as the
// x00 of its class, and SHOULD handle one outside 100-599 as a 5xx; of these
// the plainest is 500. A reserved code without a meaning (306, 418) has nothing
// that could be recognised, and 305 is not to be acted upon any more (RFC 7231
// Appendix B), so they too go to their class.
func treatAs(c Code) Code {
	if i := place(c); i >= 0 && Table[i].Maturity != Unused && Table[i].Maturity != Deprecated {
		return c
	}
	return Code(100 * c.Class())
}

// places holds, for each code, one more than its index in Table; 0 where it is
// not registered.
var places = func() (p [600]uint8) {
	for i, e := range Table {
		p[e.Code] = uint8(i + 1)
	}
	return p
}()

// place returns the index of c in Table, -1 where it is not registered.
func place(c Code) int {
	if !c.Valid() {
		return -1
	}
	return int(places[c]) - 1
}

// private returns the run of NonStandard that is about c, which is in order.
func private(c Code) []Private {
	first, found := slices.BinarySearchFunc(NonStandard, c, func(p Private, c Code) int { return cmp.Compare(p.Code, c) })
	if !found {
		return nil
	}
	end := first
	for end < len(NonStandard) && NonStandard[end].Code == c {
		end++
	}
	return NonStandard[first:end:end]
}
