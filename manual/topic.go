package manual

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
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
