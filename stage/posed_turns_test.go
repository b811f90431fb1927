package stage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func posedStatus(h http.Handler, target, client string) int {
	r := httptest.NewRequest("GET", target, nil)
	r.RemoteAddr = client
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// However many ask at once, each step is given exactly as often as it says.
func TestPosedSequenceIsExact(t *testing.T) {
	handler := NewPosed(PosedConfig{})
	var mu sync.Mutex
	got := make(map[int]int)
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			for range 5 {
				code := posedStatus(handler, "/status/503x77/429/404x120/200?key=ours", fmt.Sprintf("192.0.2.%d:1", i))
				mu.Lock()
				got[code]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	want := map[int]int{503: 77, 429: 1, 404: 120, 200: 302}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPosedSequenceKeys(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	handler := NewPosed(PosedConfig{MaxTurns: 3, TurnLife: time.Minute, Now: func() time.Time { return now }})
	for i, test := range []struct {
		target, client string
		pass           time.Duration // before asking
		want           int
	}{
		{"/status/503/200", "192.0.2.1:1", 0, 503},
		{"/status/503/200", "192.0.2.1:2", 0, 200}, // another port, the same client
		{"/status/503/200", "192.0.2.2:1", 0, 503}, // another client
		{"/status/503/200?retry-after=2", "192.0.2.1:1", 0, 503},
		{"/status/503/200", "192.0.2.1:1", 0, 200},
		{"/status/503/200?key=a", "192.0.2.1:1", 0, 503}, // a fourth: 192.0.2.2 is forgotten
		{"/status/503/200?key=a&lang=en", "192.0.2.9:1", 0, 200},
		{"/status/503/200", "192.0.2.1:1", 0, 200},
		{"/status/503/200", "192.0.2.2:1", 0, 503},
		{"/status/503/200?key=a", "192.0.2.1:1", time.Minute, 200},
		{"/status/503/200?key=a", "192.0.2.1:1", time.Minute + 1, 503},
		{"/status/503/204?key=a", "192.0.2.1:1", 0, 503}, // other codes, another sequence
	} {
		now = now.Add(test.pass)
		if got := posedStatus(handler, test.target, test.client); got != test.want {
			t.Errorf("request %d, %s from %s: got %d, want %d", i, test.target, test.client, got, test.want)
		}
	}
}

func TestPosedTurnsAreBounded(t *testing.T) {
	turns := newPosedTurns(5, time.Hour)
	for i := range 1000 {
		turns.take([32]byte{byte(i), byte(i >> 8)}, time.Unix(int64(i), 0))
	}
	if turns.recent.Len() != 5 || len(turns.byKey) != 5 {
		t.Errorf("%d turns in the list, %d by key, want 5", turns.recent.Len(), len(turns.byKey))
	}
}

func TestPosedChoice(t *testing.T) {
	next := 0.0
	handler := NewPosed(PosedConfig{Rand: func() float64 { return next }})
	for _, test := range []struct {
		codes string
		rand  float64
		want  int
	}{
		{"200:0.9,500:0.1", 0, 200},
		{"200:0.9,500:0.1", 0.89, 200},
		{"200:0.9,500:0.1", 0.91, 500},
		{"200,404", 0.49, 200},
		{"200,404", 0.51, 404},
		{"200:0,404", 0, 404},
		{"404,200:0", 0.9999999999999999, 404},
		{"200:3,404:1", 0.74, 200},
	} {
		next = test.rand
		if got := posedStatus(handler, "/status/"+test.codes, "192.0.2.1:1"); got != test.want {
			t.Errorf("%s at %v: got %d, want %d", test.codes, test.rand, got, test.want)
		}
	}

	var mu sync.Mutex
	random := rand.New(rand.NewPCG(1, 2))
	handler = NewPosed(PosedConfig{Rand: func() float64 { mu.Lock(); defer mu.Unlock(); return random.Float64() }})
	got := make(map[int]int)
	for range 10_000 {
		got[posedStatus(handler, "/status/200:0.7,429:0.2,503:0.1", "192.0.2.1:1")]++
	}
	for code, want := range map[int]int{200: 7000, 429: 2000, 503: 1000} {
		if got[code] < want*9/10 || got[code] > want*11/10 {
			t.Errorf("%d came %d times of 10000, want about %d", code, got[code], want)
		}
	}
}

// The delay stands before the head, body-delay between head and content; who
// waits is counted, and past the limit an unmarked 503 says so.
func TestPosedDelays(t *testing.T) {
	var waits []string // each with whether the head was out
	w := httptest.NewRecorder()
	handler := NewPosed(PosedConfig{Wait: func(_ context.Context, d time.Duration) error {
		waits = append(waits, fmt.Sprint(d, " ", w.Flushed))
		return nil
	}})
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/status/404?delay=1.5&body-delay=250ms&body=tea", nil))
	if fmt.Sprint(waits) != "[1.5s false 250ms true]" || w.Code != 404 || w.Body.String() != "tea" {
		t.Errorf("waited %v, then %d %q", waits, w.Code, w.Body)
	}

	enter, leave := make(chan bool), make(chan bool)
	handler = NewPosed(PosedConfig{MaxWaiting: 1, Wait: func(context.Context, time.Duration) error {
		enter <- true
		<-leave
		return nil
	}})
	first := make(chan int)
	go func() { first <- posedStatus(handler, "/status/200?delay=1", "192.0.2.1:1") }()
	<-enter
	second := httptest.NewRecorder()
	handler.ServeHTTP(second, httptest.NewRequest("GET", "/status/200?delay=1", nil))
	if second.Code != 503 || second.Header().Get(posedMark) != "" || second.Header().Get("Retry-After") != "1" {
		t.Errorf("one too many got %d %v", second.Code, second.Header())
	}
	if code := posedStatus(handler, "/status/200", "192.0.2.1:1"); code != 200 {
		t.Errorf("a request without delay got %d", code)
	}
	leave <- true
	if code := <-first; code != 200 {
		t.Errorf("the one that waited got %d", code)
	}
}

// Where the wait is cut short, nothing passes for an answer.
func TestPosedDelayCutShort(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := httptest.NewRecorder()
	defer func() {
		if recover() != http.ErrAbortHandler || w.Flushed || w.Body.Len() > 0 {
			t.Errorf("the handler went on: %d %s", w.Code, w.Body)
		}
	}()
	NewPosed(PosedConfig{}).ServeHTTP(w, httptest.NewRequest("GET", "/status/200?delay=60", nil).WithContext(ctx))
}

// Request content is read so far that the client can see its answer, and not
// asked for by an answer that does without.
func TestPosedIntake(t *testing.T) {
	for protocol, server := range posedServers(t, PosedConfig{MaxIntake: 100_000}) {
		for _, size := range []int{0, 1, 99_999, 100_000, 400_000} {
			answer, err := server.Client().Post(server.URL+"/status/409", "text/plain", strings.NewReader(strings.Repeat("x", size)))
			if err != nil {
				t.Errorf("%s: %d octets: %v", protocol, size, err)
				continue
			}
			answer.Body.Close()
			if answer.StatusCode != 409 {
				t.Errorf("%s: %d octets: %d", protocol, size, answer.StatusCode)
			}
		}
	}
	body := &posedCountedReader{}
	r := httptest.NewRequest("PUT", "/status/417", body)
	r.Header.Set("Expect", "100-continue")
	NewPosed(PosedConfig{}).ServeHTTP(httptest.NewRecorder(), r)
	if body.reads > 0 {
		t.Error("the content was read, which sends a 100, before a posed 417")
	}
}

type posedCountedReader struct{ reads int }

func (r *posedCountedReader) Read(b []byte) (int, error) {
	r.reads++
	return len(b), nil
}
