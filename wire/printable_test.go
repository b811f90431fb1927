package wire_test

import (
	"testing"

	"github.com/statute-http/statute/wire"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"plain ~ text":       "plain ~ text",
		"茶, thé":             "茶, thé",
		"a\r\n\tb\x1b[2J":    `a\r\n\tb\x1b[2J`,
		"\xff\x00":           `\xff\x00`,
		"left\u202eright":    `left\u202eright`,
		"tag \U000e0041 end": `tag \U000e0041 end`,
		"\u0085":             `\u0085`,
	} {
		if got := wire.Printable(text); got != want {
			t.Errorf("%q is printed as %s, want %s", text, got, want)
		}
	}
}
