package main

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		name  string
		width int
		spans []span
		want  string
	}{
		{"nothing", 10, nil, "* \n"},
		{"words", 12, []span{{"one two three", ""}}, "* one two\n  three\n"},
		{"exactly full", 9, []span{{"one two", ""}}, "* one two\n"},
		{"one too many", 8, []span{{"one two", ""}}, "* one\n  two\n"},
		{"a word wider than a line", 8, []span{{"a http://example.org/ b", ""}}, "* a\n  http://example.org/\n  b\n"},
		{"ideographs take two columns", 10, []span{{"快取儲存回應", ""}}, "* 快取儲存\n  回應\n"},
		{"odd width", 9, []span{{"快取儲存", ""}}, "* 快取儲\n  存\n"},
		{"no closing mark begins a line", 10, []span{{"快取儲存，回應", ""}}, "* 快取儲\n  存，回應\n"},
		{"no opening mark ends a line", 10, []span{{"快取儲「回應」", ""}}, "* 快取儲\n  「回應」\n"},
		{"a word among ideographs", 12, []span{{"送出Location欄位", ""}}, "* 送出\n  Location欄\n  位\n"},
		{"spaces around a word", 14, []span{{"送出 Location 欄位", ""}}, "* 送出\n  Location 欄\n  位\n"},
		{"source line break between words", 20, []span{{"one\ntwo", ""}}, "* one two\n"},
		{"source line break between ideographs", 20, []span{{"快取\n儲存", ""}}, "* 快取儲存\n"},
		{"break that is meant", 20, []span{{"one\vtwo", ""}}, "* one\n  two\n"},
		{"references stay whole", 20, []span{{"see there RFC 9110 §15 ok", ""}}, "* see there\n  RFC 9110 §15 ok\n"},
		{"code is cut at spaces only", 12, []span{{"請用", ""}, {"`檔案名稱`", codeStyle}}, "* 請用\n  `檔案名稱`\n"},
		{"spans of one word", 20, []span{{"a", ""}, {"b", strongStyle}, {"c d", ""}}, "* abc d\n"},
		{"marks that combine", 8, []span{{"e\u0301e\u0301e\u0301 abc", ""}}, "* e\u0301e\u0301e\u0301\n  abc\n"},
	} {
		var b strings.Builder
		terminal{width: tt.width}.wrap(&b, "* ", "  ", tt.spans...)
		if b.String() != tt.want {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", tt.name, b.String(), tt.want)
		}
	}
}

func TestWrapPaintsEachStyleOnce(t *testing.T) {
	var b strings.Builder
	terminal{width: 40, color: true}.wrap(&b, "", "", span{"用戶端", ""}, span{"不得儲存", strongStyle}, span{" it", ""})
	if want := "用戶端\x1b[1m不得儲存\x1b[0m it\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

// FuzzWrap: whatever the text, no character is lost but white space, and no
// line is too wide unless it is a single piece.
func FuzzWrap(f *testing.F) {
	for _, s := range []string{"", "one two", "快取，儲存「回應」。", "a\nb\v c", " RFC 9110 §15.5 ", "`x y`", "\u3000\u00a0\xff"} {
		f.Add(s, uint8(20))
	}
	f.Fuzz(func(t *testing.T, s string, w uint8) {
		if strings.Contains(s, unbroken) {
			return // its place may be the end of a line
		}
		width := int(w)
		var b strings.Builder
		terminal{width: width}.wrap(&b, "", "", span{s, plainStyle})
		bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if bare(b.String()) != bare(strings.ToValidUTF8(s, "\ufffd")) && strings.ToValidUTF8(s, "") == s {
			t.Errorf("%q became %q", s, b.String())
		}
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			if columns(line) > width && len(pieces([]span{{line, plainStyle}})) > 1 {
				t.Errorf("%q is wider than %d", line, width)
			}
			if strings.HasSuffix(line, " ") {
				t.Errorf("%q ends with a space", line)
			}
		}
	})
}
