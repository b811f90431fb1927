package wire

import (
	"iter"
	"strings"
)

// A Field is one field line. A line whose name was not readable has an empty
// Name and its whole text as Value.
type Field struct {
	Name, Value string
	Redacted    bool // the value is withheld: a credential or a cookie
}

// Fields are the field lines of one section, in order, repeated names kept.
type Fields []Field

// Has reports whether a line has the name; case does not matter.
func (f Fields) Has(name string) bool {
	for i := range f {
		if equalFold(f[i].Name, name) {
			return true
		}
	}
	return false
}

// Get returns the value of the field: that of its only line, or of all its
// lines joined by a comma (RFC 9110 §5.3). It is empty if no line has the name,
// or if the value is redacted.
func (f Fields) Get(name string) string {
	value, found := "", false
	for v := range f.Values(name) {
		if found {
			value += ", " + v
		} else {
			value, found = v, true
		}
	}
	return value
}

// Values yields the value of each line with the name, redacted ones as empty.
func (f Fields) Values(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range f {
			if equalFold(f[i].Name, name) && !yield(f[i].Value) {
				return
			}
		}
	}
}

// Count returns how many lines have the name.
func (f Fields) Count(name string) int {
	n := 0
	for range f.Values(name) {
		n++
	}
	return n
}

// Members yields the members of a comma-separated list field over all its
// lines, empty members left out (RFC 9110 §5.6.1.2); commas within quoted
// strings do not separate.
func (f Fields) Members(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for v := range f.Values(name) {
			for m := range Members(v) {
				if !yield(m) {
					return
				}
			}
		}
	}
}

// HasMember reports whether a list field has the member; case does not matter.
func (f Fields) HasMember(name, member string) bool {
	for m := range f.Members(name) {
		if equalFold(m, member) {
			return true
		}
	}
	return false
}

// Members yields the members of one comma-separated list value.
func Members(value string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(value) > 0 {
			end := unquoted(value, ',')
			member := strings.Trim(value[:end], " \t")
			if member != "" && !yield(member) {
				return
			}
			if end == len(value) {
				return
			}
			value = value[end+1:]
		}
	}
}

// unquoted returns the index of the first c outside a quoted string, the length
// of s if there is none.
func unquoted(s string, c byte) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			quoted = !quoted
		case '\\':
			if quoted {
				i++
			}
		case c:
			if !quoted {
				return i
			}
		}
	}
	return len(s)
}

// equalFold compares ASCII case-insensitively, as field names and most tokens
// compare (RFC 9110 §5.1).
func equalFold(a, b string) bool {
	return len(a) == len(b) && strings.EqualFold(a, b)
}
