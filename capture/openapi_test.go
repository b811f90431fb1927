package capture_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/lint"
)

// What is no description that can be read is said with its place.
func TestOpenAPIBroken(t *testing.T) {
	for _, test := range []struct{ name, description, says string }{
		{"no end", "openapi: 3.1.0\npaths:\n  /a: [\n", "openapi: the YAML cannot be read: "},
		{"tab", "openapi: 3.0.0\n\tpaths: 1", "found a tab character that violates indentation"},
		{"older", "swagger: '2.0'\n", `openapi, line 1, octet 0: OpenAPI "2.0" is not read; 3.0 and 3.1 are`},
		{"sorted, without a version", "components: {}\npaths: {}\n", "openapi, line 1, octet 0: there is no openapi with a version in it"},
		{"deep", "openapi: 3.1.0\npaths:\n" + strings.Repeat("[", 20000), "exceeded max depth of 10000"},
		{"deep JSON", `{"openapi":"3.0.0","paths":` + strings.Repeat(`{"a":`, 10000), "openapi, line 1, octet 5022: nested deeper than 1000 levels"},
		{"JSON", "{\n\"openapi\":\"3.0.0\",\n \"paths\": {\"/a\" 1}}", "openapi, line 3, octet 37: there is '1' where JSON has :"},
		{"large", "openapi: 3.1.0\n" + strings.Repeat("- a\n", 2<<20), "the description is larger than 24 MB, or has more than 1048576 lines and values"},
	} {
		entries, errs := all(t, test.description, capture.Options{})
		if len(entries) > 0 || len(errs) != 1 || !strings.Contains(errs[0].Error(), test.says) {
			t.Errorf("%s: %d entries, %v; want %s", test.name, len(entries), errs, test.says)
		}
	}
}

// Where names are sorted, the version comes after what may be long.
func TestOpenAPISorted(t *testing.T) {
	filler := strings.Repeat("x", 10_000)
	for _, description := range []string{
		`{"components":{"x":"` + filler + `"},"openapi":"3.0.0","paths":{"/a":{"get":{"responses":{"200":{}}}}}}`,
		"components:\n  x: " + filler + "\nopenapi: 3.0.0\npaths:\n  /a:\n    get:\n      responses:\n        '200': {}\n",
	} {
		if entries, errs := all(t, description, capture.Options{}); len(entries) != 2 || errs != nil {
			t.Errorf("%d, %v", len(entries), errs)
		}
	}
}

// References to what refers again make no more than a bounded number of answers.
func TestOpenAPIMultiplied(t *testing.T) {
	var b strings.Builder
	b.WriteString("openapi: 3.1.0\nx: &responses\n")
	for i := range 400 {
		fmt.Fprintf(&b, "  %d: {description: x}\n", 200+i)
	}
	b.WriteString("y: &item\n  get: {responses: *responses}\n  put: {responses: *responses}\npaths:\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "  /%d: *item\n", i)
	}
	entries, errs := all(t, b.String(), capture.Options{})
	if len(entries) != 200_000 || len(errs) != 1 || !strings.Contains(errs[0].Error(), "more than 200000 answers") {
		t.Errorf("%d entries, %v", len(entries), errs)
	}
}

// The rules of answers judge what is documented, and nothing else.
func TestOpenAPIIsJudged(t *testing.T) {
	const description = `
openapi: 3.0.3
paths:
  /a:
    get:
      responses:
        "200": {description: fine}
        "204": {description: none, content: {text/plain: {}}}
        "301": {description: gone, headers: {location: {}}}
        "302": {description: where}
        "401": {description: who}
        "405": {description: how}
        "416": {description: what}
        "426": {description: old, headers: {Upgrade: {}}}
`
	found := map[string][]string{}
	entries, errs := all(t, description, capture.Options{})
	if errs != nil {
		t.Fatal(errs)
	}
	for _, e := range entries {
		for _, f := range lint.Check(e.Exchange).Findings {
			if f.Rule.Level == lint.Must || f.Rule.Level == lint.Should || f.Rule.Level == lint.Definition {
				found[e.Name] = append(found[e.Name], f.Rule.Name)
			}
		}
	}
	want := map[string][]string{
		"GET /a 204": {"content-after-no-content"},
		"GET /a 302": {"redirect-without-location"},
		"GET /a 401": {"unauthorized-without-challenge"},
		"GET /a 405": {"method-not-allowed-without-allow"},
		"GET /a 416": {"unsatisfiable-without-length"},
	}
	if fmt.Sprint(found) != fmt.Sprint(want) {
		t.Errorf("found %v\nwant %v", found, want)
	}
}

func FuzzOpenAPI(f *testing.F) {
	f.Add([]byte("openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses: {200: {$ref: '#/x~1y/0'}}\nx/y: [{description: a}]\n"))
	f.Add([]byte(`{"openapi":"3.0.0","paths":{"/a":{"get":{"responses":{"200":{"headers":{"A":{}},"content":{"a/b":{}}}}}}}}`))
	f.Add([]byte("openapi: 3.1.0\nx: &a [*a]\npaths: &p\n  /a: *p\n  get: *p\n  responses: *p\n"))
	f.Fuzz(func(t *testing.T, octets []byte) {
		entries, _ := all(t, string(octets), capture.Options{Format: capture.OpenAPI})
		for _, e := range entries {
			if e.Exchange.Described == nil || e.Offset < 0 || e.Offset > int64(len(octets)) {
				t.Fatalf("%q: %+v", octets, e)
			}
		}
	})
}
