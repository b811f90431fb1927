package wire

import "testing"

func TestWeight(t *testing.T) {
	for _, test := range []struct {
		accept        string
		weight, exact int
	}{
		{"", 0, 0},
		{"*/*", 1000, 0},
		{"text/*;q=0.5", 500, 1},
		{"text/html", 1000, 2},
		{"text/html;level=1;q=0.25", 250, 2},
		{"TEXT/HTML ; q=0", 0, 2},
		{"text/html;q=0.1, */*", 100, 2},
		{"*/*, text/*;q=0.3", 300, 1},
		{"image/png", 0, 0},
		{"text/html;q=2", 0, 2},
		{"text/html;q=-1", 0, 2},
		{"text/html;q=NaN", 0, 2},
		{`text/html;title="a,b;q=0";q=0.5, */*;q=0.1`, 500, 2},
	} {
		if weight, exact := Weight(test.accept, "text", "html"); weight != test.weight || exact != test.exact {
			t.Errorf("%q: weight %d, exact %d; want %d, %d", test.accept, weight, exact, test.weight, test.exact)
		}
	}
}

func TestCodingWeight(t *testing.T) {
	for _, test := range []struct {
		accept         []string
		identity, gzip float64
	}{
		{nil, 1, 0.5},
		{[]string{""}, 0.5, 0},
		{[]string{"gzip"}, 0.5, 1},
		{[]string{"gzip;q=0.2"}, 0.5, 0.2},
		{[]string{"gzip, identity;q=0"}, 0, 1},
		{[]string{"*"}, 0.5, 1},
		{[]string{"*;q=0"}, 0, 0},
		{[]string{"br", "GZIP;q=0.8"}, 0.5, 0.8},
		{[]string{"identity"}, 1, 0},
		{[]string{"identity;q=0, *;q=0.3"}, 0, 0.3},
	} {
		if identity, coded := CodingWeight(test.accept, ""), CodingWeight(test.accept, "gzip"); identity != test.identity || coded != test.gzip {
			t.Errorf("%q: %v and %v, want %v and %v", test.accept, identity, coded, test.identity, test.gzip)
		}
	}
}

// Whatever stands in the field, a weight is a weight.
func FuzzWeight(f *testing.F) {
	for _, seed := range []string{"", "*/*", "text/html;q=0.5, application/json", "text/*;q=", `text/html;a="q=1;"`, ",;,=q", "text/html;q=1e309", "a/b/c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		weight, exact := Weight(accept, "text", "html")
		if weight < 0 || weight > 1000 || exact < 0 || exact > 2 {
			t.Errorf("%q: weight %d, exact %d", accept, weight, exact)
		}
	})
}
