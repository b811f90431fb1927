// Package lang holds the two languages in which Statute speaks, English and
// Traditional Chinese as written in Taiwan, and the choice between them.
//
// Every sentence that a person may read is a [Text]: both languages stand side
// by side in the source, so neither can be forgotten. A request chooses by
// ?lang=, then by the cookie of the site's switch, then by Accept-Language; a
// terminal chooses by --lang, then by its environment.
package lang

import (
	"strconv"
	"strings"
)

// A Tag names one of the languages, as a BCP 47 language tag.
type Tag string

const (
	En   Tag = "en"
	ZhTW Tag = "zh-TW"
)

// All lists the languages; every page and message exists in each.
var All = []Tag{En, ZhTW}

// A Text is one message in every language. In JSON its members are the tags.
type Text struct {
	En   string `json:"en"`
	ZhTW string `json:"zh-TW"`
}

// In returns the text in the given language, in English for an unknown one.
func (t Text) In(l Tag) string {
	if l == ZhTW {
		return t.ZhTW
	}
	return t.En
}

// Parse reads a language as people write it: a language tag ("zh-Hant-TW"), or
// the value of a locale variable ("zh_TW.UTF-8"). It reports whether the
// language is one of ours; any Chinese is answered in zh-TW.
func Parse(s string) (Tag, bool) {
	s, _, _ = strings.Cut(s, ".")
	primary, _, _ := strings.Cut(strings.ReplaceAll(s, "_", "-"), "-")
	switch strings.ToLower(strings.TrimSpace(primary)) {
	case "en":
		return En, true
	case "zh":
		return ZhTW, true
	}
	return "", false
}

// FromEnvironment returns zh-TW where the locale variables say Chinese, else
// English. The first variable that is set decides, as POSIX orders them.
func FromEnvironment(getenv func(string) string) Tag {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			if l, ok := Parse(v); ok {
				return l
			}
			return En
		}
	}
	return En
}

// FromAccept chooses by an Accept-Language field value (RFC 9110 §12.5.4): the
// language with the greatest weight wins, the earlier one where weights are
// equal. What is absent, malformed or not ours leaves the choice to otherwise.
func FromAccept(value string, otherwise Tag) Tag {
	best, weight := otherwise, 0.0
	for member := range strings.SplitSeq(value, ",") {
		name, params, _ := strings.Cut(member, ";")
		l, ok := Parse(strings.TrimSpace(name))
		if strings.TrimSpace(name) == "*" {
			l, ok = otherwise, true
		}
		if !ok {
			continue
		}
		if q := quality(params); q > weight {
			best, weight = l, q
		}
	}
	return best
}

// quality reads the weight parameter; without one it is 1, malformed it is 0
// (RFC 9110 §12.4.2).
func quality(params string) float64 {
	name, value, ok := strings.Cut(strings.TrimSpace(params), "=")
	if !ok {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !strings.EqualFold(strings.TrimSpace(name), "q") || q < 0 || q > 1 {
		return 0
	}
	return q
}
