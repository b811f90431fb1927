package store_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"strings"

	"github.com/statute-http/statute/store"
)

// A document that names content, changed by compare-and-set.
func Example() {
	dir, err := os.MkdirTemp("", "statute")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	s, err := store.Open(ctx, store.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	hash, size, err := s.PutContent(ctx, strings.NewReader("the body of a resource"), 1<<20)
	if err != nil {
		log.Fatal(err)
	}
	revision, _, err := s.Save(ctx, "worlds/1", []byte(hash), 0)
	if err != nil {
		log.Fatal(err)
	}
	_, ok, err := s.Save(ctx, "worlds/1", nil, revision-1)
	fmt.Println("who saw an older revision writes:", ok, err)

	doc, _, err := s.Load(ctx, "worlds/1")
	if err != nil {
		log.Fatal(err)
	}
	body, err := s.OpenContent(ctx, string(doc), 12)
	if err != nil {
		log.Fatal(err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	fmt.Println(size, string(text), err)
	// Output:
	// who saw an older revision writes: false <nil>
	// 22 a resource <nil>
}
