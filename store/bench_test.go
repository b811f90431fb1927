package store_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/store"
)

// BenchmarkOpen is the time until a store answers: a new folder, one that was
// left in good order, and one whose process was killed.
func BenchmarkOpen(b *testing.B) {
	for _, kind := range []string{"new", "existing", "killed"} {
		b.Run(kind, func(b *testing.B) {
			dir := b.TempDir()
			if kind != "new" {
				s := openDir(b, dir)
				for i := range 1000 {
					s.Save(b.Context(), fmt.Sprint("key/", i), []byte(strings.Repeat("x", 2000)), 0)
				}
				s.Close()
			}
			b.ResetTimer()
			for i := range b.N {
				at := dir
				if kind == "new" {
					at = fmt.Sprint(dir, "/", i)
				}
				if kind == "killed" {
					os.Remove(dir + "/clean")
				}
				s := openDir(b, at)
				if _, _, err := s.Load(b.Context(), "key/1"); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				s.Close()
				b.StartTimer()
			}
		})
	}
}

func BenchmarkSave(b *testing.B) {
	for _, sync := range []string{"always", "interval"} {
		for _, size := range []int{200, 20_000} {
			b.Run(fmt.Sprintf("%s/%d", sync, size), func(b *testing.B) {
				s := open(b, store.Config{Dir: b.TempDir(), Sync: sync})
				doc := make([]byte, size)
				b.RunParallel(func(p *testing.PB) {
					key := fmt.Sprint("key/", time.Now().UnixNano())
					var r uint64
					for p.Next() {
						next, ok, err := s.Save(b.Context(), key, doc, r)
						if !ok || err != nil {
							b.Error(ok, err)
							return
						}
						r = next
					}
				})
			})
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	s := openDir(b, b.TempDir())
	s.Save(b.Context(), "key", make([]byte, 2000), 0)
	for b.Loop() {
		if _, _, err := s.Load(b.Context(), "key"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIdle prints the memory of a store that does nothing, after a start.
func BenchmarkIdle(b *testing.B) {
	for b.Loop() {
		before := resident(b)
		s := openDir(b, b.TempDir())
		s.Save(b.Context(), "key", nil, 0)
		runtime.GC()
		b.ReportMetric(float64(resident(b)-before)/1e6, "MB-more")
		b.ReportMetric(float64(resident(b))/1e6, "MB-RSS")
		s.Close()
	}
}

func resident(b *testing.B) int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		needs.Missing(b, "memory is looked up in /proc")
	}
	var size, pages int64
	fmt.Sscan(string(text), &size, &pages)
	return pages * int64(os.Getpagesize())
}
