package memory_test

import (
	"errors"
	"math"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/statute-http/statute/store/memory"
)

// What is common with package store is tested there, over both; this is only
// the bound.
func TestBound(t *testing.T) {
	ctx := t.Context()
	s := memory.New(memory.Config{MaxContent: 1000})
	hash, _, err := s.PutContent(ctx, strings.NewReader(strings.Repeat("x", 600)), math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.PutContent(ctx, strings.NewReader(strings.Repeat("y", 600)), math.MaxInt64); !errors.Is(err, memory.ErrFull) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("more than the bound: %v", err)
	}
	if _, _, err := s.PutContent(ctx, strings.NewReader(strings.Repeat("y", 1600)), math.MaxInt64); err == nil {
		t.Error("more than the whole bound was taken")
	}
	r, ok, err := s.Save(ctx, "key", make([]byte, 397), 0)
	if !ok || err != nil {
		t.Errorf("what fits exactly: %v %v", ok, err)
	}
	if _, _, err := s.Save(ctx, "key", make([]byte, 398), r); !errors.Is(err, memory.ErrFull) {
		t.Errorf("one octet too many: %v", err)
	}
	if _, _, err := s.Save(ctx, "a", nil, 0); !errors.Is(err, memory.ErrFull) {
		t.Errorf("a key takes room as well: %v", err)
	}
	if n, err := s.Sweep(ctx, -time.Second, func(string) (bool, error) { return false, nil }); n != 1 || err != nil {
		t.Errorf("sweep: %d %v", n, err)
	}
	if err := s.DropContent(ctx, hash); err != nil {
		t.Error(err)
	}
	if ok, err := s.Remove(ctx, "key", r); !ok || err != nil {
		t.Errorf("remove: %v %v", ok, err)
	}
	if _, _, err := s.PutContent(ctx, strings.NewReader(strings.Repeat("z", 1000)), 1000); err != nil {
		t.Errorf("all is free again: %v", err)
	}
}
