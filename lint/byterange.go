package lint

import (
	"math"
	"strconv"
	"strings"
)

// A byteRange is one range-spec of a Range field in the unit bytes (RFC 9110
// §14.1.1): FIRST-LAST, FIRST- (last is -1) or -SUFFIX (first is -1).
type byteRange struct{ first, last, suffix int64 }

// of returns the first and the last octet that the range means in a
// representation of the given length; -1 stands for a length that is not known,
// and then a suffix may begin anywhere.
func (b byteRange) of(length int64) (first, last int64) {
	end := length - 1
	if length < 0 {
		end = math.MaxInt64
	}
	switch {
	case b.first < 0 && length < 0:
		return 0, end
	case b.first < 0:
		return max(length-b.suffix, 0), end
	case b.last < 0 || b.last > end:
		return b.first, end
	}
	return b.first, b.last
}

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
