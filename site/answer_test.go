package site

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/statute-http/statute/catalogue"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

func TestGuard(t *testing.T) {
	for _, target := range []string{"/", "/404", "/codes.json", "/codes.schema.json", "/topics/ranges", "/static/style.css", "/static/site.js"} {
		h := get(t, target).Header
		policy := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "style-src 'self'", "script-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy lacks %s", target, want)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is %q", target, policy)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: fields are %v", target, h)
		}
	}
}

func TestHead(t *testing.T) {
	for _, target := range []string{"/", "/404", "/codes.json", "/static/style.css"} {
		g, h := get(t, target), ask(t, "HEAD", target, "")
		if ranges := g.Header.Get("Accept-Ranges"); ranges != "" {
			t.Errorf("GET %s: Accept-Ranges is %q, and no range is ever sent", target, ranges)
		}
		if content := contentOf(t, h); content != "" || h.StatusCode != 200 {
			t.Errorf("HEAD %s gets %d with %d octets", target, h.StatusCode, len(content))
		}
		for _, name := range []string{"ETag", "Content-Type", "Content-Length", "Vary", "Cache-Control"} {
			if h.Header.Get(name) != g.Header.Get(name) {
				t.Errorf("HEAD %s: %s is %q, GET has %q", target, name, h.Header.Get(name), g.Header.Get(name))
			}
		}
	}
}

func TestConditions(t *testing.T) {
	for _, target := range []string{"/", "/404", "/codes.json", "/static/site.js"} {
		tag := get(t, target).Header.Get("ETag")
		if !strings.HasPrefix(tag, `"`) || tag != get(t, target).Header.Get("ETag") {
			t.Errorf("%s: entity tag %q is not strong, or not stable", target, tag)
		}
		resp := get(t, target, "If-None-Match", tag)
		if resp.StatusCode != 304 || contentOf(t, resp) != "" || resp.Header.Get("ETag") != tag {
			t.Errorf("%s with If-None-Match gets %d", target, resp.StatusCode)
		}
		if resp.Header.Get("Content-Language") != "" || resp.Header.Get("Content-Type") != "" {
			t.Errorf("%s: a 304 repeats metadata: %v", target, resp.Header)
		}
		if resp := get(t, target, "If-Match", `"other"`); resp.StatusCode != 412 {
			t.Errorf("%s with a false If-Match gets %d", target, resp.StatusCode)
		}
	}
	if en, zh := get(t, "/404", "Accept-Language", "en"), get(t, "/404", "Accept-Language", "zh-TW"); en.Header.Get("ETag") == zh.Header.Get("ETag") {
		t.Error("two languages share an entity tag")
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		method, target string
		status         int
		reason, allow  string
	}{
		{"GET", "/nowhere", 404, "no-such-page", ""},
		{"GET", "/99", 404, "no-such-page", ""},
		{"GET", "/099", 404, "no-such-page", ""},
		{"GET", "/1000", 404, "no-such-page", ""},
		{"GET", "/404/", 404, "no-such-page", ""},
		{"GET", "/+40", 404, "no-such-page", ""},
		{"GET", "/static/", 404, "no-such-page", ""},
		{"GET", "/static/../site.go", 404, "no-such-page", ""},
		{"GET", "/templates/code.html", 404, "no-such-page", ""},
		{"POST", "/nowhere", 404, "no-such-page", ""},
		{"POST", "/404", 405, "method-not-allowed", "GET, HEAD, OPTIONS"},
		{"DELETE", "/", 405, "method-not-allowed", "GET, HEAD, OPTIONS"},
		{"PUT", "/static/style.css", 405, "method-not-allowed", "GET, HEAD, OPTIONS"},
		{"DELETE", "/lang", 405, "method-not-allowed", "GET, HEAD, OPTIONS, POST"},
	} {
		resp := ask(t, test.method, test.target, "")
		var p wire.Problem
		if err := json.Unmarshal([]byte(contentOf(t, resp)), &p); err != nil {
			t.Fatalf("%s %s: %v", test.method, test.target, err)
		}
		if resp.StatusCode != test.status || p.Reason != test.reason || resp.Header.Get("Allow") != test.allow {
			t.Errorf("%s %s gets %d %s, Allow %q; want %d %s, %q", test.method, test.target,
				resp.StatusCode, p.Reason, resp.Header.Get("Allow"), test.status, test.reason, test.allow)
		}
		page := contentOf(t, get(t, "/"+p.Status.String()))
		if !strings.Contains(page, `id="`+p.Reason+`"`) {
			t.Errorf("the problem's type %s leads nowhere", p.Type)
		}
	}
	resp := ask(t, "OPTIONS", "/lang", "")
	if resp.StatusCode != 204 || resp.Header.Get("Allow") != "GET, HEAD, OPTIONS, POST" {
		t.Errorf("OPTIONS /lang gets %d, Allow %q", resp.StatusCode, resp.Header.Get("Allow"))
	}
}

// TestJSON reads the documents back and holds them against the catalogue.
func TestJSON(t *testing.T) {
	all, err := catalogue.All()
	if err != nil {
		t.Fatal(err)
	}
	resp := get(t, "/codes.json")
	if got := resp.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type is %q", got)
	}
	if got := resp.Header.Get("Link"); got != `</codes.schema.json>; rel="describedby"` {
		t.Errorf("Link is %q", got)
	}
	var c catalogue.Catalogue
	whole := contentOf(t, resp)
	decode(t, whole, &c)
	if !reflect.DeepEqual(c, all) {
		t.Error("the catalogue is not what it was before its journey")
	}
	if len(c.Codes) != len(status.Table) {
		t.Fatalf("the catalogue has %d codes, the table %d", len(c.Codes), len(status.Table))
	}
	for i, e := range status.Table {
		d := c.Codes[i]
		if d.Code != e.Code || !d.Registered || d.Name.En != e.Name || d.Name.ZhTW != e.NameZhTW ||
			d.Maturity != e.Maturity || d.Store != e.Store || len(d.Needs) != len(e.Needs) {
			t.Errorf("%s: the catalogue says %+v", e.Code, d)
		}
	}
	asJSON := func(target string) string {
		resp := get(t, target, "Accept", "application/json")
		if resp.StatusCode != 200 || resp.Header.Get("Vary") != "Accept, Accept-Language, Cookie" || resp.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s as JSON: %d, fields %v", target, resp.StatusCode, resp.Header)
		}
		return contentOf(t, resp)
	}
	if asJSON("/") != whole {
		t.Error("/ as JSON is not the catalogue")
	}
	for _, d := range slices.Concat(c.Codes, c.NonStandard) {
		var one catalogue.Code
		decode(t, asJSON("/"+d.Code.String()), &one)
		if !reflect.DeepEqual(one, d) {
			t.Errorf("/%s as JSON is not the catalogue's member", d.Code)
		}
		for _, link := range d.Links {
			if (link.Rel == "page" || link.Rel == "topic") && get(t, link.Href).StatusCode != 200 {
				t.Errorf("%s leads to %s, which is not there", d.Code, link.Href)
			}
		}
	}
	for _, topic := range c.Topics {
		for _, link := range topic.Links {
			var d TopicDocument
			decode(t, asJSON(link.Href), &d)
			if d.Name != topic.Name || d.Title != topic.Title || !slices.Equal(d.Codes, topic.Codes) ||
				d.Summary.En == "" || d.Summary.ZhTW == "" || !strings.HasPrefix(d.Body.En, "## ") || !strings.HasPrefix(d.Body.ZhTW, "## ") {
				t.Errorf("%s as JSON says %+v", link.Href, d)
			}
		}
	}
	var unknown catalogue.Code
	decode(t, asJSON("/799"), &unknown)
	if unknown.Registered || unknown.Valid || unknown.TreatAs != 500 || unknown.Class != "Server Error" {
		t.Errorf("/799 as JSON says %+v", unknown)
	}
	schema := get(t, c.Schema)
	if got := schema.Header.Get("Content-Type"); got != "application/schema+json" || contentOf(t, schema) != string(catalogue.Schema) {
		t.Errorf("%s is not the schema; Content-Type is %q", c.Schema, got)
	}
}

func decode(t *testing.T, content string, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(content)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

func TestPrefersJSON(t *testing.T) {
	for accept, want := range map[string]bool{
		"":                                  false,
		"*/*":                               false,
		"text/html":                         false,
		"application/json":                  true,
		"application/json, text/plain, */*": true,
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": false,
		"text/html, application/json":                                     false,
		"text/html;q=0.5, application/json":                               true,
		"application/json;q=0.5, text/html":                               false,
		"application/*":                                                   true,
		"application/json;q=0, */*":                                       false,
		"application/json;q=0":                                            false,
		"*/*;q=0.5, text/html;q=0":                                        true,
		"application/json;q=x":                                            false,
		"APPLICATION/JSON ; Q=1":                                          true,
		"image/png":                                                       false,
		",,;q=":                                                           false,
	} {
		if got := prefersJSON(accept); got != want {
			t.Errorf("Accept %q: %v, want %v", accept, got, want)
		}
	}
}

// TestHost asks with hosts that a shell would take for more than names.
func TestHost(t *testing.T) {
	for host, want := range map[string]string{
		"example.org":         "curl -i http://example.org/status/404",
		"[::1]:8080":          "curl -i &#39;http://[::1]:8080/status/404&#39;",
		"a;reboot":            "curl -i http://localhost/status/404",
		"$(reboot)":           "curl -i http://localhost/status/404",
		"x\"><script>":        "curl -i http://localhost/status/404",
		"":                    "curl -i http://localhost/status/404",
		"user@example.org:80": "curl -i http://localhost/status/404",
	} {
		r := httptest.NewRequest("GET", "/404", nil)
		r.Host = host
		w := httptest.NewRecorder()
		New(Config{}).ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("Host %q: the page does not say %q", host, want)
		}
	}
	r := httptest.NewRequest("GET", "/404", nil)
	w := httptest.NewRecorder()
	New(Config{Base: func(*http.Request) string { return "https://statute.test" }, Lang: lang.ZhTW}).ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), "curl -i https://statute.test/status/404") || w.Header().Get("Content-Language") != "zh-TW" {
		t.Error("the configured base or language is not used")
	}
}
