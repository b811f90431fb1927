package site

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/status"
)

// TestTopics: each topic has its page, the index and the pages of its codes lead
// there, and it speaks of those codes.
func TestTopics(t *testing.T) {
	for _, name := range manual.Topics() {
		if len(manual.Concerns(name)) == 0 {
			t.Errorf("%s concerns no code: add it to concerns in manual/topic.go", name)
		}
		for _, l := range lang.All {
			article, err := manual.Topic(name, l)
			if err != nil {
				t.Fatal(err)
			}
			path := "/topics/" + name
			content := contentOf(t, get(t, path, "Accept-Language", string(l)))
			p := readPage(t, path+" in "+string(l), content)
			if p.lang != string(l) || !strings.Contains(content, "<h1>"+article.Title+"</h1>") {
				t.Errorf("%s in %s is not the page about %s", path, l, article.Title)
			}
			// Each table has one line of dashes under its head.
			if want := strings.Count(article.Body, "\n|---"); strings.Count(content, "<table>") != want {
				t.Errorf("%s in %s shows %d tables, want %d", path, l, strings.Count(content, "<table>"), want)
			}
			if body, _, err := essay(article.Body, parseOrigin("https://h.test")); err != nil || strings.Contains(string(body), manualHost) {
				t.Errorf("%s in %s sends commands to the manual's host (%v)", path, l, err)
			}
			link := `<a href="` + path + `">` + article.Title + `</a>`
			if !strings.Contains(contentOf(t, get(t, "/", "Accept-Language", string(l))), link) {
				t.Errorf("the index in %s does not lead to %s", l, path)
			}
			for _, code := range manual.Concerns(name) {
				if _, ok := status.Get(code); !ok {
					t.Errorf("%s concerns %s, which is not registered", name, code)
				}
				if !regexp.MustCompile(`\b` + code.String() + `\b`).MatchString(article.Summary + article.Body) {
					t.Errorf("%s in %s does not speak of %s", path, l, code)
				}
				if !strings.Contains(content, `href="/`+code.String()+`"`) {
					t.Errorf("%s in %s does not lead to %s", path, l, code)
				}
				if !strings.Contains(contentOf(t, get(t, "/"+code.String(), "Accept-Language", string(l))), link) {
					t.Errorf("/%s in %s does not lead to %s", code, l, path)
				}
			}
		}
	}
	for _, path := range []string{"/topics/", "/topics", "/topics/tea", "/topics/ranges.en", "/topics/..%2fcodes%2f404"} {
		if resp := get(t, path); resp.StatusCode != 404 {
			t.Errorf("%s answers %d, want 404", path, resp.StatusCode)
		}
	}
	if resp := ask(t, "POST", "/topics/ranges", ""); resp.StatusCode != 405 {
		t.Errorf("POST answers %d, want 405", resp.StatusCode)
	}
}

// TestTopicCommands runs the commands of the topics, and expects of each the
// final status that the article promises.
func TestTopicCommands(t *testing.T) {
	needs.Program(t, "sh", "dash")
	needs.Program(t, "curl", "curl")
	want := map[string][]string{ // by topic, for each block in turn
		"caching":     {"200 404 404", "200 200 504"},
		"conditional": {"200 304", "201 428"},
		"framing":     {"411 204", "400"},
		"negotiation": {"200 200 406"},
		"order":       {"409 405"},
		"ranges":      {"206 206 416"},
		"redirects":   {"201 201 307 204"},
		"retries":     {"200 200 200 429 200"},
	}
	twice := map[string]int{"conditional": 0} // the block that the article has run again
	base, _ := serveLab(t)
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, ".curlrc"), []byte("silent\nwrite-out = \"\\n[%{http_code}]\\n\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)\n```sh\n(.*?)```\n")
	final := regexp.MustCompile(`(?m)^\[([0-9]{3})\]$`)
	for _, name := range manual.Topics() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			article, err := manual.Topic(name, lang.En)
			if err != nil {
				t.Fatal(err)
			}
			found := blocks.FindAllStringSubmatch(article.Body, -1)
			if len(found) != len(want[name]) {
				t.Fatalf("%d blocks of commands, %d expectations", len(found), len(want[name]))
			}
			for i, m := range found {
				script := strings.ReplaceAll(m[1], "http://"+manualHost, base)
				if again, ok := twice[name]; ok && again == i {
					script += script
				}
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				sh := exec.CommandContext(ctx, "sh")
				sh.Dir = home
				sh.Stdin = strings.NewReader(script)
				sh.Env = append(os.Environ(), "CURL_HOME="+home, "no_proxy=*")
				out, err := sh.CombinedOutput()
				cancel()
				var got []string
				for _, m := range final.FindAllSubmatch(out, -1) {
					got = append(got, string(m[1]))
				}
				if strings.Join(got, " ") != want[name][i] {
					t.Errorf("%s\ngets %v, want %s (%v)\n%s", script, got, want[name][i], err, out)
				}
			}
		})
	}
}
