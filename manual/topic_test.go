package manual_test

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/manual"
)

func topics(t *testing.T, check func(*testing.T, lang.Tag, manual.Article)) {
	t.Helper()
	names := manual.Topics()
	if len(names) < 8 {
		t.Fatalf("only %d topics are embedded: %v", len(names), names)
	}
	for _, name := range names {
		for _, l := range lang.All {
			t.Run(name+"."+string(l), func(t *testing.T) {
				a, err := manual.Topic(name, l)
				if err != nil {
					t.Fatal(err)
				}
				check(t, l, a)
			})
		}
	}
}

func TestTopics(t *testing.T) {
	topics(t, func(t *testing.T, l lang.Tag, a manual.Article) {
		if n := len([]rune(a.Summary)); n < 20 || n > 300 {
			t.Errorf("the summary has %d characters; one or two sentences are wanted", n)
		}
		if len(headings(a.Body)) < 3 {
			t.Errorf("the sections are only %q", headings(a.Body))
		}
		if a.Examples != nil || strings.Contains(a.Body, "```http example") {
			t.Error("topics have no examples; show commands in a ```sh block")
		}
		if len(commands(a)) == 0 {
			t.Error("no ```sh block shows it with curl")
		}
		if len(cited(a)) == 0 {
			t.Error("no section is cited")
		}
		wellWorded(t, l, a)
	})
}

// The articles say the same in both languages: in as many sections, items and
// rows of tables, from the same clauses, with the same commands.
func TestTopicsAgree(t *testing.T) {
	for _, name := range manual.Topics() {
		en, err := manual.Topic(name, lang.En)
		if err != nil {
			t.Fatal(err)
		}
		zh, err := manual.Topic(name, lang.ZhTW)
		if err != nil {
			t.Fatal(err)
		}
		inEn, inZh := strings.Split(en.Body, "\n## "), strings.Split(zh.Body, "\n## ")
		if len(inEn) != len(inZh) {
			t.Errorf("%s: %d sections in English, %d in Chinese", name, len(inEn), len(inZh))
			continue
		}
		for i := range inEn {
			if rows, ofZh := strings.Count(inEn[i], "\n|"), strings.Count(inZh[i], "\n|"); rows != ofZh {
				t.Errorf("%s, section %d: %d rows in English, %d in Chinese", name, i+1, rows, ofZh)
			}
			if n, ofZh := len(items(inEn[i])), len(items(inZh[i])); n != ofZh {
				t.Errorf("%s, section %d: %d items in English, %d in Chinese", name, i+1, n, ofZh)
			}
		}
		if !slices.Equal(cited(en), cited(zh)) {
			t.Errorf("%s cites %q in English, %q in Chinese", name, cited(en), cited(zh))
		}
		if !slices.Equal(commands(en), commands(zh)) {
			t.Errorf("%s: the commands differ between the languages", name)
		}
	}
}

var (
	citation = regexp.MustCompile(`\[RFC [^]]*\]`)
	cite     = regexp.MustCompile(`^\[RFC [0-9]{4} §[0-9]+(\.[0-9]+)*\]$`)
	shell    = regexp.MustCompile("(?s)\n```sh\n(.*?)\n```\n")
)

// cited returns, sorted, what an article cites in brackets.
func cited(a manual.Article) []string {
	all := citation.FindAllString(a.Summary+"\n"+a.Body, -1)
	slices.Sort(all)
	return all
}

// commands returns the ```sh blocks of an article.
func commands(a manual.Article) []string {
	var all []string
	for _, m := range shell.FindAllStringSubmatch(a.Body, -1) {
		all = append(all, m[1])
	}
	return all
}

func TestCitations(t *testing.T) {
	topics(t, func(t *testing.T, _ lang.Tag, a manual.Article) {
		for _, c := range cited(a) {
			if !cite.MatchString(c) {
				t.Errorf("cite a section as [RFC 9110 §15.5.5], not as %s", c)
			}
		}
	})
}

func TestTopicErrors(t *testing.T) {
	for _, name := range []string{"", "tea", "ranges.en", "../codes/404", "Ranges"} {
		_, err := manual.Topic(name, lang.En)
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "manual/topics/") || !strings.Contains(err.Error(), "conditional, ") {
			t.Errorf("Topic(%q) = %v; want fs.ErrNotExist, the file to write and the topics that there are", name, err)
		}
	}
	for _, l := range []lang.Tag{"", "fr", "../en"} {
		if _, err := manual.Topic("ranges", l); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Topic(ranges, %q) = %v; want an error that lists the languages", l, err)
		}
	}
}
