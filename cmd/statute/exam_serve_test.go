package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/nethttp"
)

// `statute exam client --serve` examines who comes, writes the sheet and ends.
func TestExamServe(t *testing.T) {
	serve := func(file string) (base string, ended <-chan int) {
		r, w := io.Pipe()
		code := make(chan int, 1)
		go func() {
			code <- run(t.Context(), []string{"exam", "client", "--serve", "127.0.0.1:0", "--case", "redirect-301-*", "--json", file},
				nil, io.Discard, w, func(string) string { return "" })
			w.Close()
		}()
		lines := bufio.NewScanner(r)
		lines.Scan()
		base = regexp.MustCompile(`http://[^/]+`).FindString(lines.Text())
		if base == "" {
			t.Fatalf("it says %q, not where it is", lines.Text())
		}
		go io.Copy(io.Discard, r)
		return base, code
	}
	file := filepath.Join(t.TempDir(), "sheet.json")
	base, ended := serve(file)
	if err := client.Drive(t.Context(), base, nethttp.New()); err != nil {
		t.Fatal(err)
	}
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet, err := exam.ReadSheet(f)
	if err != nil || sheet.Subject.Name != "go-net-http" || sheet.Count("")[exam.Pass]+sheet.Count("")[exam.Value] < 3 {
		t.Errorf("%v: %+v", err, sheet)
	}

	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	if code := run(ctx, []string{"exam", "client", "--serve", "127.0.0.1:0"}, nil, io.Discard, io.Discard, func(string) string { return "" }); code != 3 {
		t.Errorf("interrupted: exit code %d, want 3", code)
	}
	if code := run(t.Context(), []string{"exam", "client", "--serve", "127.0.0.1:0", "curl"}, nil, io.Discard, io.Discard, func(string) string { return "" }); code != 2 {
		t.Errorf("with a client's name: exit code %d, want 2", code)
	}
}
