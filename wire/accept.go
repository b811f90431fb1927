package wire

import (
	"strconv"
	"strings"
)

// Weight returns the weight that an Accept field value gives a media type, in
// thousandths, and how exactly it names it: 2 for the type itself, 1 for type/*,
// 0 for */* or nothing. RFC 9110 §12.5.1: the most specific range decides.
func Weight(accept, kind, sub string) (weight, exact int) {
	exact = -1
	for member := range Members(accept) {
		end := unquoted(member, ';')
		k, s, _ := strings.Cut(strings.ToLower(strings.TrimSpace(member[:end])), "/")
		how := -1
		switch {
		case k == kind && s == sub:
			how = 2
		case k == kind && s == "*":
			how = 1
		case k == "*" && s == "*":
			how = 0
		}
		if how > exact {
			exact, weight = how, int(Qvalue(member[end:])*1000+0.5)
		}
	}
	return weight, max(exact, 0)
}

// CodingWeight returns the weight, 0 to 1, that the lines of Accept-Encoding give
// a content coding; "" is none (RFC 9110 §12.5.3). Without the field any coding is
// acceptable, but none is the safest. With it a coding has to be listed, or fit
// the star; none is acceptable unless it is excluded, and wanted less than what
// the client has asked for by name.
func CodingWeight(accept []string, coding string) float64 {
	identity := coding == "" || strings.EqualFold(coding, "identity")
	const unlisted = 0.5
	if accept == nil {
		if identity {
			return 1
		}
		return unlisted
	}
	quality, listed, star, starred := 0.0, false, 0.0, false
	for _, value := range accept {
		for member := range Members(value) {
			end := unquoted(member, ';')
			w := Qvalue(member[end:])
			switch name := strings.TrimSpace(member[:end]); {
			case name == "*":
				star, starred = w, true
			case strings.EqualFold(name, coding), identity && strings.EqualFold(name, "identity"):
				quality, listed = w, true
			}
		}
	}
	switch {
	case listed:
		return quality
	case starred && !(identity && star > 0):
		return star
	case identity:
		return unlisted
	}
	return 0
}

// Qvalue returns the weight among parameters, 0 to 1 (RFC 9110 §12.4.2): 1 if
// there is none, 0 if it cannot be read. The semicolon before the first may be
// there or not.
func Qvalue(params string) float64 {
	for params != "" {
		params = strings.TrimPrefix(params, ";")
		end := unquoted(params, ';')
		name, value, _ := strings.Cut(params[:end], "=")
		params = params[end:]
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return 0
		}
		return q
	}
	return 1
}
