package capture_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/capture"
)

// times is a reader of so many copies of a piece.
type times struct {
	piece []byte
	n     int64 // octets left
	at    int
}

func repeated(piece string, octets int64) *times {
	return &times{piece: []byte(piece), n: octets / int64(len(piece)) * int64(len(piece))}
}

func (r *times) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), r.n)], r.piece[r.at:])
	r.n -= int64(n)
	r.at = (r.at + n) % len(r.piece)
	return n, nil
}

// Memory stays flat, however much comes in. What is made on the spot is 32 MB
// large; STATUTE_MEGABYTES=2048 makes it two gigabytes, and the test then tells
// what it took (see bench/README.md).
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("reads some hundred megabytes, which is long under the race detector")
	}
	megabytes := int64(32)
	if s := os.Getenv("STATUTE_MEGABYTES"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		megabytes = n
	}
	size := megabytes << 20
	whole := exchange(sent, typed+","+content)
	large := strings.SplitN(exchange(sent, typed+`,"content":{"size":1,"text":"@"}`), "@", 2)
	pair := record{"request", "q", uri, "", getBlock}.String() + record{"response", "p", uri, concurrentTo("q"), okBlock}.String()
	begin := `{"log":{"creator":{"name":"x"},"entries":[`
	for name, recording := range map[string]struct {
		src    io.Reader
		faults int
	}{
		"HAR of many entries":    {io.MultiReader(strings.NewReader(begin), repeated(whole+",", size), strings.NewReader(whole+"]}}")), 0},
		"HAR of one content":     {io.MultiReader(strings.NewReader(begin+large[0]), repeated(`text \u00e9\n`, size), strings.NewReader(large[1]+"]}}")), 0},
		"HAR of one field":       {io.MultiReader(strings.NewReader(begin+`{"request":{"url":"`), repeated("x", size), strings.NewReader(`"}},`+whole+"]}}")), 1},
		"HAR of one array":       {io.MultiReader(strings.NewReader(begin+`{"x":[`), repeated("{},", size), strings.NewReader(`{}],"request":{"url":"http://a/"}}]}}`)), 0},
		"HAR of brackets":        {io.MultiReader(strings.NewReader(begin), repeated("[", size)), 1},
		"HAR of entries in gzip": {io.MultiReader(bytes.NewReader(gzipped([]byte(begin))), repeated(string(gzipped([]byte(unlike(whole+",", 200)))), size/16), bytes.NewReader(gzipped([]byte(whole+"]}}")))), 0},
		"WARC of many records":   {repeated(pair, size), 0},
		"WARC of one record": {io.MultiReader(strings.NewReader("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: "+uri+"\r\nContent-Length: "+strconv.FormatInt(size/10*10+19, 10)+"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
			repeated("0123456789", size), strings.NewReader("\r\n\r\n")), 0},
		"WARC of requests without answers": {repeated(record{"request", "q", uri, "", getBlock}.String(), size), 0},
		"curl of one line":                 {io.MultiReader(strings.NewReader("* Connected to a\n"), repeated("x", size)), 0},
		"curl of one content":              {io.MultiReader(strings.NewReader("HTTP/1.1 200 OK\r\n\r\n"), repeated("HTTP/1.1 HTTP/", size)), 0},
		"curl of one head":                 {io.MultiReader(strings.NewReader("* Connected to a\n> GET / HTTP/1.1\n"), repeated("> a: bcdefghijkl\n", size), strings.NewReader("> \n< HTTP/1.1 200 OK\n< \n")), 1},
		"HAR of line feeds":                {strings.NewReader(begin + exchange(sent, `"headers":[{"name":"a","value":"`+strings.Repeat(`\n`, 1<<19)+`"}]`) + "]}}"), 1},
		"WARC of interim answers":          {repeated(record{"response", "p", uri, "", strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: "+strings.Repeat("x", 3000)+"\r\n\r\n", 90) + okBlock}.String(), size), 0},
		"WARC of long heads":               {repeated(record{"response", "p", uri, strings.Repeat("WARC-Date: "+strings.Repeat("x", 60_000)+"\r\n", 100), okBlock}.String(), size), 0},
		"journal of interim answers":       {io.MultiReader(strings.NewReader(`{"statute":1,"interim":[`), repeated("{},", 15<<20), strings.NewReader("{}]}")), 1},
		"journal of faults":                {io.MultiReader(strings.NewReader(`{"statute":1,"final":{"faults":[`), repeated("{},", 15<<20), strings.NewReader("{}]}}")), 1},
		"journal of one line":              {io.MultiReader(strings.NewReader(`{"statute":1,"x":"`), repeated("x", size)), 1},
	} {
		t.Run(name, func(t *testing.T) {
			debug.FreeOSMemory()
			top, stop := watch()
			n, faults := 0, 0
			began := time.Now()
			for _, err := range capture.Read(context.Background(), recording.src, capture.Options{}) {
				if n++; err != nil {
					n--
					if faults++; faults < 3 {
						t.Log(err)
					}
				}
			}
			close(stop)
			peak := <-top
			if faults != recording.faults || n == 0 && recording.faults == 0 && !strings.HasPrefix(name, "curl of one line") {
				t.Errorf("%d entries, %d faults", n, faults)
			}
			if peak > 128<<20 {
				t.Errorf("it held %d MB", peak>>20)
			}
			if megabytes > 32 {
				t.Logf("%d MB in %v: %d entries, at most %d MB of heap", megabytes, time.Since(began).Round(time.Second), n, peak>>20)
			}
		})
	}
}

// unlike is n copies that differ, so that they do not compress beyond measure.
func unlike(s string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(s, "https://a/x", "https://a/"+strconv.Itoa(i*i*7919)+"/x"))
	}
	return b.String()
}

// watch looks at the heap until stop is closed, and then tells the most that it
// was.
func watch() (top chan uint64, stop chan struct{}) {
	top, stop = make(chan uint64, 1), make(chan struct{})
	go func() {
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-stop:
				top <- most
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return top, stop
}
