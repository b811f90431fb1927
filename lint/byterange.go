package lint

import (
	"strconv"
	"strings"
)

// A byteRange is one range-spec of a Range field in the unit bytes (RFC 9110
// §14.1.1): FIRST-LAST, FIRST- (last is -1) or -SUFFIX (first is -1).
type byteRange struct{ first, last, suffix int64 }

// bytesUnit reports whether a Range value is in the unit bytes.
func bytesUnit(value string) bool {
	unit, _, ok := strings.Cut(value, "=")
	return ok && strings.EqualFold(unit, "bytes")
}

// byteRanges reads a Range field. It reports false if the unit is another one or
// the value is malformed.
func byteRanges(value string) ([]byteRange, bool) {
	if !bytesUnit(value) {
		return nil, false
	}
	_, set, _ := strings.Cut(value, "=")
	var all []byteRange
	for spec := range strings.SplitSeq(set, ",") {
		spec = strings.Trim(spec, " \t")
		if spec == "" {
			continue
		}
		from, to, ok := strings.Cut(spec, "-")
		b := byteRange{first: -1, last: -1}
		switch {
		case !ok:
			return nil, false
		case from == "":
			b.suffix, ok = position(to)
		default:
			if b.first, ok = position(from); ok && to != "" {
				b.last, ok = position(to)
				ok = ok && b.last >= b.first
			}
		}
		if !ok {
			return nil, false
		}
		all = append(all, b)
	}
	return all, len(all) > 0
}

// A rangeResponse is a Content-Range in the unit bytes (RFC 9110 §14.4).
type rangeResponse struct {
	first, last int64
	complete    int64 // -1 for *
	unsatisfied bool  // the form */LENGTH
}

// parseContentRange reads a Content-Range field in the unit bytes.
func parseContentRange(value string) (rangeResponse, bool) {
	unit, rest, _ := strings.Cut(value, " ")
	if !strings.EqualFold(unit, "bytes") {
		return rangeResponse{}, false
	}
	part, length, ok := strings.Cut(rest, "/")
	if !ok {
		return rangeResponse{}, false
	}
	c := rangeResponse{complete: -1}
	if length != "*" {
		if c.complete, ok = position(length); !ok {
			return rangeResponse{}, false
		}
	}
	if part == "*" {
		c.unsatisfied = true
		return c, c.complete >= 0
	}
	from, to, ok := strings.Cut(part, "-")
	if !ok {
		return rangeResponse{}, false
	}
	c.first, ok = position(from)
	if !ok {
		return rangeResponse{}, false
	}
	c.last, ok = position(to)
	return c, ok
}

// position reads digits alone.
func position(s string) (int64, bool) {
	if !digits(s) {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}
