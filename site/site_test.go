package site

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/status"
)

// get asks the site for a target, with fields as name, value, name, value.
func get(t *testing.T, target string, fields ...string) *http.Response {
	t.Helper()
	return ask(t, "GET", target, "", fields...)
}

func ask(t *testing.T, method, target, content string, fields ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+target, strings.NewReader(content))
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	New(Config{}).ServeHTTP(w, r)
	return w.Result()
}

func contentOf(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestPages reads the index and the page about every number from 100 to 999 in
// both languages as a careful browser would, and follows every local link.
func TestPages(t *testing.T) {
	targets := []string{"/", "/exam", "/exam/results", "/?q=range", "/?q=404", "/?q=nothing-has-this", "/?q=%3Cscript%3E"}
	for code := 100; code <= 999; code++ {
		targets = append(targets, fmt.Sprintf("/%d", code))
	}
	for _, name := range manual.Topics() {
		targets = append(targets, "/topics/"+name)
	}
	links := map[string]string{} // to where it was found
	for _, l := range lang.All {
		for _, target := range targets {
			resp := get(t, target, "Accept-Language", string(l))
			content := contentOf(t, resp)
			if resp.StatusCode != 200 {
				t.Fatalf("%s in %s: %d", target, l, resp.StatusCode)
			}
			if got := resp.Header.Get("Content-Language"); got != string(l) {
				t.Errorf("%s: Content-Language is %q, want %q", target, got, l)
			}
			if got, want := resp.Header.Get("Vary"), "Accept, Accept-Language, Cookie"; got != want {
				t.Errorf("%s: Vary is %q, want %q", target, got, want)
			}
			for _, hole := range []string{"<no value>", "{{", "}}", "ZgotmplZ", "%!", "<nil>", `href=""`, "raw HTML omitted"} {
				if strings.Contains(content, hole) {
					t.Errorf("%s in %s has %q in it", target, l, hole)
				}
			}
			p := readPage(t, target+" in "+string(l), content)
			if p.lang != string(l) {
				t.Errorf("%s: <html lang> is %q, want %q", target, p.lang, l)
			}
			for _, link := range p.links {
				links[link] = target
			}
		}
	}
	linked := map[string]string{} // what the pages hold
	for link, from := range links {
		if strings.HasPrefix(link, "/lab/") || strings.HasPrefix(link, "/status/") || strings.HasPrefix(link, "/replay/") {
			continue // mounted beside the site
		}
		path, anchor, _ := strings.Cut(link, "#")
		content, ok := linked[path]
		if !ok {
			resp := get(t, path)
			if resp.StatusCode != 200 {
				t.Errorf("%s links to %s, which answers %d", from, link, resp.StatusCode)
			}
			content = contentOf(t, resp)
			linked[path] = content
		}
		if anchor != "" && !strings.Contains(content, `id="`+anchor+`"`) {
			t.Errorf("%s links to %s, and there is nothing of that name", from, link)
		}
	}
	if len(links) < len(status.Table) {
		t.Errorf("only %d local links were found", len(links))
	}
}

// A readable page: what a careful reading of its HTML has found.
type readable struct {
	lang  string
	links []string // local ones, and what the page loads
}

var void = []string{"meta", "link", "input", "br", "hr", "img", "wbr"}

// readPage holds a page to what we promise of each: every tag is closed in its
// turn, ids are unique, references within the page lead somewhere, nothing is
// inline that the policy would refuse, and nothing is loaded from elsewhere.
func readPage(t *testing.T, name, content string) readable {
	t.Helper()
	var p readable
	var open, refs []string
	ids := map[string]bool{}
	h1, main := 0, 0
	z := html.NewTokenizer(strings.NewReader(content))
	for z.Next() != html.ErrorToken {
		token := z.Token()
		tag := token.Data
		switch token.Type {
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != tag {
				t.Fatalf("%s: </%s> where %v is open", name, tag, open)
			}
			open = open[:len(open)-1]
		case html.StartTagToken:
			if !slices.Contains(void, tag) {
				open = append(open, tag)
			}
			switch tag {
			case "h1":
				h1++
			case "main":
				main++
			case "style", "iframe", "object", "base":
				t.Errorf("%s has a <%s>", name, tag)
			}
			src := false
			for _, a := range token.Attr {
				switch {
				case a.Key == "id":
					if ids[a.Val] {
						t.Errorf("%s: two elements have the id %q", name, a.Val)
					}
					ids[a.Val] = true
				case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
					t.Errorf("%s: <%s> has the inline attribute %s", name, tag, a.Key)
				case a.Key == "aria-labelledby" || a.Key == "aria-describedby" || a.Key == "for":
					refs = append(refs, a.Val)
				case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
					refs = append(refs, a.Val[1:])
				case a.Key == "href" && tag == "a" && strings.HasPrefix(a.Val, "https://"):
				case a.Key == "href" || a.Key == "src":
					src = true
					u, err := url.Parse(a.Val)
					if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(a.Val, "/") {
						t.Errorf("%s: <%s %s=%q> is not on this site", name, tag, a.Key, a.Val)
					}
					p.links = append(p.links, a.Val)
				case a.Key == "lang" && tag == "html":
					p.lang = a.Val
				}
			}
			if tag == "script" && !src {
				t.Errorf("%s has an inline script", name)
			}
		}
	}
	if z.Err() != io.EOF || len(open) > 0 {
		t.Errorf("%s ends with %v open (%v)", name, open, z.Err())
	}
	for _, ref := range refs {
		if !ids[ref] {
			t.Errorf("%s refers to #%s, which is not there", name, ref)
		}
	}
	if h1 != 1 || main != 1 {
		t.Errorf("%s has %d h1 and %d main, want one of each", name, h1, main)
	}
	return p
}

// TestSays looks for what a page must say, in both languages.
func TestSays(t *testing.T) {
	for _, test := range []struct {
		target string
		lang   lang.Tag
		says   []string
	}{
		{"/408", lang.En, []string{"Request Timeout", `id="head-timeout"`, `id="silent-connection"`, "RFC 9110 §15.5.9", `id="scene-half-a-head"`, `href="/status/408"`, "standard"}},
		{"/408", lang.ZhTW, []string{"請求逾時", `id="head-timeout"`, "標頭區段", "觸發", "對照"}},
		{"/405", lang.En, []string{"<code>Allow</code>", ">must</strong>", "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.6", "curl -i -X DELETE http://127.0.0.1:8080/lab/page"}},
		{"/499", lang.En, []string{"non-standard", "nginx", `<a href="/400">400</a>`}},
		{"/499", lang.ZhTW, []string{"非標準", "nginx", "視同 400"}},
		{"/799", lang.En, []string{"unknown", "100 to 599", `<a href="/500">500</a>`}},
		{"/599", lang.En, []string{"Tornado"}},
		{"/306", lang.En, []string{"306 is reserved and means nothing", `<a href="/replay/306">`, "unused"}},
		{"/208", lang.En, []string{"inside a 207"}},
		{"/103", lang.ZhTW, []string{"先行提示", "實驗", "Early Hints", "瀏覽器支援", "<li>只在 HTTP/2 與 HTTP/3</li>", "<code>rel=<wbr>preload</code>"}},
		{"/308", lang.En, []string{`id="browsers"`, `<th scope="row" lang="en">Internet Explorer</th><td>11<sup>1</sup></td>`, "<li>on Windows 10 and later only</li>"}},
		{"/425", lang.En, []string{`Chrome</th><td>76<sup>1</sup></td>`, `<li>if set: <code>#enable-tls13-early-data</code></li>`, "browser-compat-data 8.1.9 (CC0-1.0)"}},
		{"/", lang.ZhTW, []string{"用戶端錯誤", "成功", `href="/404"`, `href="/499"`}},
		{"/?q=4xx+condition", lang.En, []string{`href="/412"`, `href="/428"`, `value="4xx condition"`}},
		{"/?q=404", lang.En, []string{"Go to the page about 404"}},
	} {
		content := contentOf(t, get(t, test.target, "Accept-Language", string(test.lang)))
		for _, want := range test.says {
			if !strings.Contains(content, want) {
				t.Errorf("%s in %s does not say %q", test.target, test.lang, want)
			}
		}
	}
}

func TestSearch(t *testing.T) {
	for _, test := range []struct {
		search string
		want   []string
	}{
		{"412", []string{"412"}},
		{"41x", []string{"410", "411", "412", "413", "414", "415", "416", "417", "418", "419"}},
		{"retry-after 4xx", []string{"413", "429"}},
		{"rfc 4918 §11.3", []string{"423"}},
		{"逾時", nil},
		{"LENGTH required", []string{"411"}},
		{"cloudflare", []string{"520", "521", "522", "523", "524", "525", "526", "527", "530"}},
		{"no such thing", []string{}},
	} {
		content := contentOf(t, get(t, "/?q="+url.QueryEscape(test.search)))
		var got []string
		for _, piece := range strings.Split(content, `<li data-code="`)[1:] {
			got = append(got, piece[:3])
		}
		if test.want == nil {
			if len(got) == 0 {
				t.Errorf("%q finds nothing", test.search)
			}
			continue
		}
		if !slices.Equal(got, test.want) && len(got)+len(test.want) > 0 {
			t.Errorf("%q finds %v, want %v", test.search, got, test.want)
		}
	}
	for _, search := range []string{strings.Repeat("x", maxSearch+1), "\xff"} {
		if resp := get(t, "/?q="+url.QueryEscape(search)); resp.StatusCode != 400 {
			t.Errorf("a search for %.10q gets %d, want 400", search, resp.StatusCode)
		}
	}
}
