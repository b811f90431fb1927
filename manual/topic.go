package manual

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// Topic returns the article about a mechanism, such as "ranges", in a language;
// it has no examples. Where there is none, the error wraps [fs.ErrNotExist] and
// says which topics there are; where an article is malformed, it names the file
// and the line.
func Topic(name string, l lang.Tag) (Article, error) {
	if !slices.Contains(lang.All, l) {
		return Article{}, fmt.Errorf("read the topic %q: no topics are written in %q; choose one of %q", name, l, lang.All)
	}
	if topics := Topics(); !slices.Contains(topics, name) {
		return Article{}, fmt.Errorf("read the topic %q: choose one of %s, or write manual/topics/NAME.%s.md: %w",
			name, strings.Join(topics, ", "), l, fs.ErrNotExist)
	}
	file := path.Join("topics", name+"."+string(l)+".md")
	text, err := files.ReadFile(file)
	if err != nil {
		return Article{}, fmt.Errorf("read the topic %q: write manual/%s: %w", name, file, fs.ErrNotExist)
	}
	a, err := divide(string(text))
	if err != nil {
		return Article{}, fmt.Errorf("manual/%s:%w", file, err)
	}
	return a, nil
}

// concerns are the codes whose pages lead to a topic.
var concerns = map[string][]status.Code{
	"caching":     {200, 203, 204, 206, 300, 301, 304, 308, 404, 405, 410, 414, 421, 425, 428, 429, 431, 451, 501, 503, 504, 511},
	"conditional": {200, 304, 412, 428},
	"framing":     {204, 205, 304, 400, 408, 411, 501, 502},
	"negotiation": {300, 406, 415},
	"order":       {304, 308, 400, 401, 404, 409, 410, 412, 413, 414, 415, 423, 425, 451},
	"ranges":      {206, 304, 416},
	"redirects":   {300, 301, 302, 303, 304, 307, 308},
	"retries":     {408, 413, 421, 425, 429, 500, 502, 503, 504, 507},
}

// Concerns returns the codes that a topic concerns, in order. It is for reading
// only.
func Concerns(topic string) []status.Code { return concerns[topic] }

// Topics returns, in order, the names of the topics that have an article in at
// least one language.
func Topics() []string {
	entries, err := fs.ReadDir(files, "topics")
	if err != nil {
		panic(err) // the embedded folder exists, or the package would not compile
	}
	var names []string
	for _, e := range entries {
		name, _, _ := strings.Cut(e.Name(), ".")
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
