package capture

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json/jsontext"
)

// The walker takes what another reader takes, however the octets are cut.
func FuzzWalker(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-0.5e+7,true,false,null],"b":"\u00e9\ud83d\ude00\ud83d\"","c":{}}`, `"\ud800\u0041"`, `"\ud800\ud83d\ude00"`,
		`[1,]`, `{"a" 1}`, `{"a":1,}`, `01`, `-`, `1.`, `1e`, `"` + "\x01" + `"`, `"\x"`, `tru`, `nulL`, `{1:2}`, ` [ ] `,
		"\"\xff\"", `"12345678\n12345678901234567890"`, `[[[]]`, `]`, `"\u12G4"`, `1E400`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		if len(octets) > 300 {
			return // a number may be longer than is taken
		}
		value := slices.Concat([]byte("["), octets, []byte("]"))
		dec := jsontext.NewDecoder(bytes.NewReader(value), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
		_, err := dec.ReadValue()
		valid := err == nil && dec.InputOffset() == int64(len(value))
		for name, src := range map[string]io.Reader{
			"at once": bytes.NewReader(value), "by octets": iotest.OneByteReader(bytes.NewReader(value)),
		} {
			w := newWalker(src)
			err := w.skip()
			if (err == nil && w.offset() == int64(len(value))) != valid {
				t.Fatalf("%s: %q is valid: %v; the walker says %v at %d", name, octets, valid, err, w.offset())
			}
			var broken *jsonError
			if err != nil && (!errors.As(err, &broken) || broken.offset < 0 || broken.offset > int64(len(value))) {
				t.Fatalf("%q: %v", octets, err)
			}
			if !valid || len(octets) == 0 || octets[0] != '"' || bytes.ContainsRune(octets, '\ufffd') {
				continue
			}
			want, err := jsontext.AppendUnquote(nil, octets)
			if err != nil {
				continue // more than one value, or not UTF-8
			}
			w = newWalker(bytes.NewReader(octets))
			got, total, err := w.text(nil, 1<<10)
			if err != nil || string(got) != string(want) || total != int64(len(want)) {
				t.Fatalf("%q: got %q (%d), %v; want %q", octets, got, total, err, want)
			}
			w = newWalker(bytes.NewReader(octets))
			if got, total, err = w.text(nil, 3); err != nil || len(got) > 3 || !bytes.HasPrefix(want, got) || total != int64(len(want)) {
				t.Fatalf("%q: cut to %q (%d), %v", octets, got, total, err)
			}
		}
	})
}

// A value that is nested too deep is refused, left, and reading goes on behind
// it.
func TestWalkerLeaves(t *testing.T) {
	w := newWalker(strings.NewReader(`[{"a":` + strings.Repeat(`[{"]":`, 5000) + `1` + strings.Repeat(`}]`, 5000) + `},"next"]`))
	var got []string
	var refused error
	err := w.array(func() error {
		depth := w.depth + 1
		if c, _ := w.next(); c == '{' {
			refused = w.skip()
			return w.leave(depth)
		}
		b, _, err := w.text(nil, 9)
		got = append(got, string(b))
		return err
	})
	if err != nil || !slices.Equal(got, []string{"next"}) || refused == nil || refused.Error() != "nested deeper than 1000 levels" {
		t.Errorf("%q, %v, refused %v", got, err, refused)
	}
}

func BenchmarkPlain(b *testing.B) {
	text := bytes.Repeat([]byte("x"), 4096)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if plain(text) != len(text) {
			b.Fatal()
		}
	}
}
