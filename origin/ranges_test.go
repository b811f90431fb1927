package origin

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/statute-http/statute/wire"
)

func TestReadRanges(t *testing.T) {
	for _, test := range []struct {
		value   string
		size    int64
		want    []byteRange
		verdict rangeVerdict
	}{
		{"bytes=0-9", 100, []byteRange{{0, 9}}, satisfiable},
		{"bytes=90-200", 100, []byteRange{{90, 99}}, satisfiable},
		{"bytes=90-", 100, []byteRange{{90, 99}}, satisfiable},
		{"bytes=-10", 100, []byteRange{{90, 99}}, satisfiable},
		{"bytes=-200", 100, []byteRange{{0, 99}}, satisfiable},
		{"Bytes=0-0", 100, []byteRange{{0, 0}}, satisfiable},
		{"bytes=0-0, 2-2", 100, []byteRange{{0, 0}, {2, 2}}, satisfiable},
		{"bytes=0-0,,2-2", 100, []byteRange{{0, 0}, {2, 2}}, satisfiable},
		{"bytes=200-300,0-0", 100, []byteRange{{0, 0}}, satisfiable},
		{"bytes=0-99999999999999999999", 100, []byteRange{{0, 99}}, satisfiable},
		{"bytes=100-", 100, nil, unsatisfiable},
		{"bytes=-0", 100, nil, unsatisfiable},
		{"bytes=0-", 0, nil, unsatisfiable},
		{"bytes=-5", 0, nil, unsatisfiable},
		{"bytes=5-4", 100, nil, ignored},
		{"bytes=", 100, nil, ignored},
		{"bytes", 100, nil, ignored},
		{"bytes=abc", 100, nil, ignored},
		{"bytes=1", 100, nil, ignored},
		{"bytes=+1-2", 100, nil, ignored},
		{"bytes=1-2-3", 100, nil, ignored},
		{"lines=0-1", 100, nil, ignored},
		{"bytes=0-10,5-15", 100, nil, ignored},
		{"bytes=0-1,2-3,4-5,6-7,8-9,10-11,12-13,14-15,16-17,18-19,20-21,22-23,24-25,26-27,28-29,30-31,32-33", 100, nil, ignored},
	} {
		got, verdict := readRanges([]string{test.value}, test.size)
		if verdict != test.verdict || verdict == satisfiable && !slices.Equal(got, test.want) {
			t.Errorf("%s of %d: %v, %v; want %v, %v", test.value, test.size, got, verdict, test.want, test.verdict)
		}
	}
}

// Whatever is asked for, what is satisfiable lies within the content.
func FuzzReadRanges(f *testing.F) {
	f.Add("bytes=0-9,-5", int64(100))
	f.Add("bytes=9223372036854775807-", int64(1))
	f.Fuzz(func(t *testing.T, value string, size int64) {
		if size < 0 {
			return
		}
		ranges, verdict := readRanges([]string{value}, size)
		if verdict == satisfiable && len(ranges) == 0 {
			t.Errorf("%q: satisfiable without a range", value)
		}
		for _, r := range ranges {
			if verdict == satisfiable && (r.first < 0 || r.first > r.last || r.last >= size) {
				t.Errorf("%q of %d: %v", value, size, r)
			}
		}
	})
}

func TestAcceptability(t *testing.T) {
	v := &Variant{Type: "text/html; charset=utf-8", Language: "zh-TW"}
	for _, test := range []struct {
		accept, language string
		want             float64
	}{
		{"", "", 1},
		{"text/html", "", 1},
		{"text/*;q=0.5", "", 0.5},
		{"text/*;q=0.5, text/html", "", 1},
		{"text/html;q=0.1, */*", "", 0.1},
		{"*/*;q=0.3", "", 0.3},
		{"image/png", "", 0},
		{"text/html;q=0", "", 0},
		{"text/html;q=2", "", 0},
		{"", "zh", 1},
		{"", "zh-TW;q=0.5", 0.5},
		{"", "zh;q=0.2, zh-TW;q=0.9", 0.9},
		{"", "*;q=0.4", 0.4},
		{"", "en", 0.001},
		{"", "z", 0.001},
		{"text/html;q=0.5", "zh;q=0.5", 0.25},
	} {
		h := http.Header{}
		if test.accept != "" {
			h.Set("Accept", test.accept)
		}
		if test.language != "" {
			h.Set("Accept-Language", test.language)
		}
		if got := acceptability(h, v); got != test.want {
			t.Errorf("Accept: %s, Accept-Language: %s: %v, want %v", test.accept, test.language, got, test.want)
		}
	}
}

func TestApplyPatch(t *testing.T) {
	const document = `{"a":1,"b":{"c":2}}`
	for _, test := range []struct {
		mediaType, patch, want string
		status                 int
	}{
		{MergePatch, `{"a":2}`, `{"a":2,"b":{"c":2}}`, 0},
		{MergePatch, `{"b":null}`, `{"a":1}`, 0},
		{MergePatch, `{"b":`, "", 400},
		{JSONPatch, `[{"op":"replace","path":"/a","value":3}]`, `{"a":3,"b":{"c":2}}`, 0},
		{JSONPatch, `[{"op":"test","path":"/a","value":9},{"op":"remove","path":"/a"}]`, "", 409},
		{JSONPatch, `[{"op":"remove","path":"/nothing"}]`, "", 409},
		{JSONPatch, `{"op":"remove"}`, "", 400},
		{JSONPatch, `not json`, "", 400},
		{JSONPatch, `[{"op":"froth","path":"/a"}]`, "", 400},
	} {
		got, err := applyPatch(test.mediaType, []byte(document), []byte(test.patch))
		status := 0
		if r := refusalOf(err); r != nil {
			status = int(r.Status)
		}
		if status != test.status || string(got) != test.want {
			t.Errorf("%s %s: %s, %v; want %s, %d", test.mediaType, test.patch, got, err, test.want, test.status)
		}
	}
}

func refusalOf(err error) *wire.Refusal {
	var r *wire.Refusal
	errors.As(err, &r)
	return r
}
