package capture_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/wire"
)

var update = flag.Bool("update", false, "write what is read into testdata/*.golden")

// Each recording in testdata has beside it what is read of it, one line an
// entry and its messages below. The recordings were made by the programs that
// their README names.
func TestRecordings(t *testing.T) {
	for _, pattern := range []string{"*.har", "*.warc", "*.warc.gz", "*.txt", "library.*"} {
		paths, _ := filepath.Glob("testdata/" + pattern)
		paths = slices.DeleteFunc(paths, func(p string) bool { return strings.HasSuffix(p, ".golden") })
		for _, path := range paths {
			t.Run(filepath.Base(path), func(t *testing.T) {
				f, err := os.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				var got bytes.Buffer
				for e, err := range capture.Read(context.Background(), f, capture.Options{}) {
					if err != nil {
						fmt.Fprintf(&got, "error: %v\n\n", err)
						continue
					}
					show(&got, e)
				}
				compare(t, path+".golden", got.Bytes())
			})
		}
	}
}

func compare(t *testing.T, golden string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%s is missing: go test ./capture -update writes it", golden)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("differs from %s (-update writes it):\n%s", golden, got)
	}
}

func show(b *bytes.Buffer, e *capture.Entry) {
	x := e.Exchange
	fmt.Fprintf(b, "%d %s", e.Number, x.Conn.Protocol)
	if e.Line > 0 {
		fmt.Fprintf(b, " line %d", e.Line)
	}
	if x.Described != nil {
		fmt.Fprintf(b, " %q, described with %s, secured %v\n", e.Name, strings.Join(x.Described.Responses, " "), x.Described.Secured)
	} else {
		fmt.Fprintf(b, " end %q, shows%s\n", x.End, shown(x))
	}
	q := &x.Request
	fmt.Fprintf(b, "> %s %s (%s, %s)\n", q.Method, q.Target, q.Scheme, q.Authority)
	message(b, '>', &q.Message)
	for i := range x.Interim {
		answer(b, &x.Interim[i])
	}
	if x.Final != nil {
		answer(b, x.Final)
	}
	if len(x.After) > 0 {
		fmt.Fprintf(b, "after: %q\n", x.After)
	}
	b.WriteByte('\n')
}

func answer(b *bytes.Buffer, p *wire.Response) {
	fmt.Fprintf(b, "< %d %s\n", int(p.Status), p.Reason)
	message(b, '<', &p.Message)
}

func message(b *bytes.Buffer, mark byte, m *wire.Message) {
	fmt.Fprintf(b, "%c   version %d.%d, framing %q", mark, m.Version.Major, m.Version.Minor, m.Framing)
	if c := m.Content; c.Length > 0 || c.Complete {
		fmt.Fprintf(b, ", content %d (%d kept, complete %v, decoded %v)", c.Length, len(c.Data), c.Complete, c.Decoded)
	}
	if len(m.Hidden) > 0 {
		fmt.Fprintf(b, ", hides %s", strings.Join(m.Hidden, " "))
	}
	b.WriteByte('\n')
	for _, f := range m.Fields {
		value := f.Value
		if len(value) > 60 {
			value = value[:60] + "…"
		}
		fmt.Fprintf(b, "%c   %s: %s%s\n", mark, f.Name, value, map[bool]string{true: "(withheld)"}[f.Redacted])
	}
	for _, f := range m.Trailers {
		fmt.Fprintf(b, "%c   trailer %s: %s\n", mark, f.Name, f.Value)
	}
	for _, f := range m.Faults {
		fmt.Fprintf(b, "%c   fault %s at %d\n", mark, f.Kind, f.Offset)
	}
}

var evidence = []string{
	"request", "request-content", "response", "content", "interim", "version", "reason",
	"framing", "trailers", "after", "end", "octets", "connection", "times",
}

func shown(x *wire.Exchange) (s string) {
	for i, name := range evidence {
		if x.Shows(1 << i) {
			s += " " + name
		}
	}
	return s
}
