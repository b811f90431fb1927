// Package compat says which browsers act on a status code, from which version
// on: the facts of MDN's browser-compat-data, as they were on one day.
//
// That collection keeps facts about three codes only, 103, 308 and 425, since it
// dropped in June 2024 what every browser does alike. [Of] returns the facts
// about a code, [Source] says where they come from. The file is a part of the
// collection with nothing changed in it; its licence, CC0 1.0, asks for nothing,
// and the source is named all the same, because facts age.
package compat

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

//go:embed http-status.json
var file []byte

// A Feature is a code, or one use of it, and who supports it.
type Feature struct {
	Name    string // "rel=preload"; empty for the code as such
	Support []Support
}

// A Support is what one browser does.
type Support struct {
	Browser string    // "Chrome"
	Since   string    // the first version; empty if there is none
	Flag    string    // the preference that has to be set; empty if none
	Note    lang.Text // empty if there is none
}

// Source is what the collection calls itself, with version, licence and day.
func Source() string { return facts().source }

// Codes returns the codes that the collection speaks of, in order.
func Codes() []status.Code {
	return slices.Sorted(maps.Keys(facts().features))
}

// Of returns what is known of a code: the code as such first, then single uses
// of it. It is for reading only.
func Of(c status.Code) []Feature { return facts().features[c] }

type collection struct {
	source   string
	features map[status.Code][]Feature
}

var facts = sync.OnceValue(func() collection {
	c, err := parse(file)
	if err != nil {
		panic(fmt.Errorf("compat/http-status.json: %w", err)) // the file is part of the program
	}
	return c
})

// browsers are the collection's names for browsers, in our order, and what the
// makers call them.
var browsers = []struct{ id, name string }{
	{"chrome", "Chrome"}, {"edge", "Edge"}, {"firefox", "Firefox"}, {"opera", "Opera"}, {"safari", "Safari"},
	{"chrome_android", "Chrome (Android)"}, {"firefox_android", "Firefox (Android)"}, {"opera_android", "Opera (Android)"},
	{"safari_ios", "Safari (iOS)"}, {"samsunginternet_android", "Samsung Internet"},
	{"webview_android", "WebView (Android)"}, {"webview_ios", "WebView (iOS)"},
	{"oculus", "Quest Browser"}, {"ie", "Internet Explorer"},
}

// notes are the collection's remarks in both languages.
var notes = map[string]lang.Text{
	"Supported in HTTP/2 and later only.": {En: "over HTTP/2 and HTTP/3 only", ZhTW: "只在 HTTP/2 與 HTTP/3"},
	"Does not work below Windows 10.":     {En: "on Windows 10 and later only", ZhTW: "只在 Windows 10 以後"},
}

// What the file holds, as far as we read it: a code has a feature of its own
// under this key, and its uses have theirs one level further down.
const compatKey = "__compat"

type (
	feature struct {
		Description string
		Support     map[string]support
	}
	support struct {
		VersionAdded version `json:"version_added"`
		Flags        []struct{ Name string }
		Notes        string
	}
)

// A version is a browser's; false means that there is none.
type version string

func (v *version) UnmarshalJSON(b []byte) error {
	if string(b) == "false" {
		*v = ""
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil || s == "" {
		return fmt.Errorf("version_added is %s; a version or false is expected", b)
	}
	*v = version(s)
	return nil
}

func parse(text []byte) (collection, error) {
	var f struct {
		Source string
		Status map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return collection{}, err
	}
	if f.Source == "" {
		return collection{}, errors.New("source is missing")
	}
	c := collection{f.Source, map[status.Code][]Feature{}}
	for digits, uses := range f.Status {
		code, err := strconv.Atoi(digits)
		if err != nil || !status.Code(code).Valid() {
			return collection{}, fmt.Errorf("%q is no status code", digits)
		}
		var all []Feature
		for key, raw := range uses {
			one, err := readFeature(key, raw)
			if err != nil {
				return collection{}, fmt.Errorf("%s, %s: %w", digits, key, err)
			}
			all = append(all, one)
		}
		slices.SortFunc(all, func(a, b Feature) int { return strings.Compare(a.Name, b.Name) })
		c.features[status.Code(code)] = all
	}
	return c, nil
}

func readFeature(key string, raw json.RawMessage) (Feature, error) {
	var read feature
	if key == compatKey {
		if err := json.Unmarshal(raw, &read); err != nil {
			return Feature{}, err
		}
		read.Description = ""
	} else {
		var use map[string]feature
		if err := json.Unmarshal(raw, &use); err != nil {
			return Feature{}, err
		}
		read = use[compatKey]
	}
	f := Feature{Name: strings.NewReplacer("<code>", "", "</code>", "").Replace(read.Description)}
	if len(read.Support) != len(browsers) {
		return Feature{}, fmt.Errorf("%d browsers are named, we know %d", len(read.Support), len(browsers))
	}
	for _, b := range browsers {
		s, ok := read.Support[b.id]
		if !ok {
			return Feature{}, fmt.Errorf("nothing is said of %s", b.id)
		}
		one := Support{Browser: b.name, Since: string(s.VersionAdded)}
		if s.Notes != "" {
			if one.Note, ok = notes[s.Notes]; !ok {
				return Feature{}, fmt.Errorf("put the note %q into both languages", s.Notes)
			}
		}
		for _, flag := range s.Flags {
			one.Flag = flag.Name
		}
		f.Support = append(f.Support, one)
	}
	return f, nil
}
