package serve

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/statute-http/statute/wire"
)

var (
	stepsFlag = flag.Int("steps", 20_000, "how many sequences TestNoStepOutOfLine plays")
	stepFlag  = flag.Uint64("step", 0, "the one sequence that TestNoStepOutOfLine plays, by its seed")
)

// Whatever messages follow one another on a connection, and however their octets
// are cut: each answer belongs to its request, in order; after the first message
// that is refused, or that ends the connection, there is one answer to it at
// most, and then the end. No answer to a message behind it, no octet over.
//
// The sequences are made of a seed each; a failure states it, and -step=SEED
// plays that one again. Time is synctest's: timeouts cost none, and no busy
// machine can make one.
func TestNoStepOutOfLine(t *testing.T) {
	if *stepFlag != 0 {
		synctest.Test(t, func(t *testing.T) {
			if err := play(*stepFlag, newTally()); err != nil {
				t.Fatal(err)
			}
		})
		return
	}
	const batch = 100
	seeds := make(chan uint64)
	go func() {
		defer close(seeds)
		for from := 1; from <= *stepsFlag; from += batch {
			seeds <- uint64(from)
		}
	}()
	var mu sync.Mutex
	var failures []string
	all := newTally()
	var players sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		players.Go(func() {
			for from := range seeds {
				synctest.Test(t, func(t *testing.T) {
					tally := newTally()
					for seed := from; seed < from+batch && seed <= uint64(*stepsFlag); seed++ {
						if err := play(seed, tally); err != nil {
							mu.Lock()
							failures = append(failures, fmt.Sprintf("go test ./serve -run NoStep -step=%d: %v", seed, err))
							mu.Unlock()
						}
					}
					mu.Lock()
					all.add(tally)
					mu.Unlock()
				})
			}
		})
	}
	players.Wait()
	for _, f := range failures[:min(len(failures), 5)] {
		t.Error(f)
	}
	t.Logf("%d sequences, %d failed; %s", *stepsFlag, len(failures), all)
}

// A tally counts what was seen, so that a test that sees nothing would show.
type tally struct {
	messages, behind, interim, cut int
	codes                          map[int]int
}

func newTally() *tally { return &tally{codes: map[int]int{}} }

func (a *tally) add(b *tally) {
	a.messages += b.messages
	a.behind += b.behind
	a.interim += b.interim
	a.cut += b.cut
	for code, n := range b.codes {
		a.codes[code] += n
	}
}

func (a *tally) String() string {
	s := fmt.Sprintf("%d messages, %d of them behind the end; %d interim answers, %d answers cut; by code:", a.messages, a.behind, a.interim, a.cut)
	for code := range 600 {
		if n := a.codes[code]; n > 0 {
			s += fmt.Sprintf(" %d: %d", code, n)
		}
	}
	return s
}

// play makes the sequence of a seed, plays it and judges what came back.
func play(seed uint64, tally *tally) error {
	p := rand.New(rand.NewPCG(seed, 110))
	var sequence []step
	for range p.IntN(6) {
		sequence = append(sequence, good(p, fmt.Sprintf("%x-%d", seed, len(sequence))))
	}
	if len(sequence) == 0 || p.IntN(4) > 0 {
		s := bad(p, fmt.Sprintf("%x-%d", seed, len(sequence)))
		sequence = append(sequence, s)
		for range p.IntN(3) {
			if s.then == goesOn {
				sequence = append(sequence, good(p, fmt.Sprintf("%x-%d-behind", seed, len(sequence))))
			}
		}
	}
	var seen []*wire.Exchange
	s := quiet(func(x *wire.Exchange) { seen = append(seen, x) })
	client, server := duplex()
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.welcome(server, func() {})
	}()
	news := make(chan event, 1000)
	written := make(chan struct{})
	go func() {
		defer close(written)
		write(p, client, sequence, news)
	}()
	v := verdict{tally: tally, r: wire.NewReader(client, wire.Limits{}), news: news}
	err := v.judge(sequence)
	close(news)
	client.Close()
	<-written
	<-served
	if err == nil {
		err = v.tapped(seen)
	}
	if err != nil {
		var said strings.Builder
		for i, s := range sequence {
			fmt.Fprintf(&said, "\n%d: %.600q", i, s.octets)
		}
		return fmt.Errorf("%w%s", err, said.String())
	}
	return nil
}

// quiet is a server without listeners.
func quiet(tap func(*wire.Exchange)) *Server {
	s := &Server{Handler: http.HandlerFunc(steps), Lang: "en", Log: slog.New(slog.DiscardHandler), Tap: tap}
	s.Limits = Limits{
		Content: 5000,
		Message: wire.Limits{Target: 200, Field: 300, Fields: 20, Head: 2000},
	}.withDefaults()
	s.conns = map[*conn]struct{}{}
	s.count.init(s.Limits.Connections, s.Limits.ConnectionsPerAddress)
	return s
}

// An event is an answer's head that came: the client goes on by it.
type event struct {
	step  int
	final bool
}

// write sends the sequence in random cuts, some messages ahead of the answers.
func write(p *rand.Rand, c *end, sequence []step, news <-chan event) {
	ahead := p.IntN(len(sequence) + 1) // 0: one at a time
	biggest := 1 << p.IntN(13)
	answered, touched := 0, -1
	wait := func(done func() bool) bool {
		for !done() {
			e, more := <-news
			if !more {
				return false
			}
			touched = e.step
			if e.final {
				answered = e.step + 1
			}
		}
		return true
	}
	send := func(octets string) bool {
		for len(octets) > 0 {
			n := min(len(octets), max(1+p.IntN(biggest), len(octets)/50)) // finest near the end
			if _, err := io.WriteString(c, octets[:n]); err != nil {
				return false
			}
			octets = octets[n:]
		}
		return true
	}
	for i, s := range sequence {
		if !wait(func() bool { return answered >= i-ahead }) {
			return
		}
		head := len(s.octets)
		if s.waits {
			head = s.head
		}
		if !send(s.octets[:head]) || s.waits && !wait(func() bool { return touched >= i }) || !send(s.octets[head:]) {
			return
		}
		switch s.then {
		case shuts:
			c.CloseWrite()
			return
		case falls:
			return
		}
	}
	if p.IntN(2) == 0 {
		c.CloseWrite() // else the server ends the idle connection
	}
}

// A verdict reads what comes back, strictly.
type verdict struct {
	tally *tally
	r     *wire.Reader
	news  chan<- event
	codes []int // of the final answers, in order
}

func (v *verdict) judge(sequence []step) error {
	for i := range sequence {
		s := &sequence[i]
		v.tally.messages++
		over, err := v.step(i, s)
		if err != nil {
			return fmt.Errorf("message %d: %w", i, err)
		}
		if over {
			v.tally.behind += len(sequence) - i - 1
			break
		}
	}
	var h wire.Head
	if err := v.r.ReadResponse(&h); err != io.EOF {
		rest, _ := io.ReadAll(io.LimitReader(v.r, 300))
		return fmt.Errorf("octets over: %d %v: %.300q", h.Status, err, string(h.Octets())+string(rest))
	}
	return nil
}

// step judges the answer to one message, and says whether it is the last.
func (v *verdict) step(i int, s *step) (over bool, err error) {
	var h wire.Head
	var interim []int
	for {
		err := v.r.ReadResponse(&h)
		if err == io.EOF && s.cut {
			v.tally.cut++
			return true, nil
		}
		if err != nil {
			return true, fmt.Errorf("no answer: %w", err)
		}
		v.news <- event{i, h.Status >= 200}
		if h.Status >= 200 {
			break
		}
		interim = append(interim, h.Status)
		v.tally.interim++
	}
	p := h.Response(s.method)
	v.codes = append(v.codes, h.Status)
	v.tally.codes[h.Status]++
	body := v.r.Body(h.ResponseFraming(s.method))
	content, err := io.ReadAll(body)
	if s.cut && (errors.Is(err, io.ErrUnexpectedEOF) || err == nil && p.Framing == wire.FramedClose) || s.cut && p.Framing == wire.FramedNone {
		v.tally.cut++
		return true, nil
	}
	if err != nil || s.cut {
		return true, fmt.Errorf("content %.100q: %w", content, err)
	}
	if h.Status != s.code || p.Fields.Get("X-Id") != s.id || !slices.Equal(interim, s.interim) {
		return true, fmt.Errorf("got %v %d of %q, want %v %d of %q: %.300q", interim, h.Status, p.Fields.Get("X-Id"), s.interim, s.code, s.id, content)
	}
	switch refused := p.Fields.Get("Content-Type") == "application/problem+json"; {
	case s.method == "HEAD":
		if len(content) > 0 {
			return true, fmt.Errorf("content to HEAD: %.100q", content)
		}
	case refused && !strings.Contains(string(content), `"reason": "`+s.content+`"`):
		return true, fmt.Errorf("refused for another reason than %s: %s", s.content, content)
	case !refused && string(content) != s.content:
		return true, fmt.Errorf("content %.300q, want %.300q", content, s.content)
	}
	var trailers []string
	for _, f := range body.Trailers {
		trailers = append(trailers, f.Name+"="+f.Value)
	}
	if got := strings.Join(trailers, " "); got != s.trailers {
		return true, fmt.Errorf("trailers %q, want %q", got, s.trailers)
	}
	ends := p.Fields.HasMember("Connection", "close")
	if ends && s.closes == never || !ends && s.closes == must {
		return true, fmt.Errorf("Connection: close is %v, want %d", ends, s.closes)
	}
	return ends, nil
}

// tapped checks that the tap saw the same answers.
func (v *verdict) tapped(seen []*wire.Exchange) error {
	var codes []int
	for _, x := range seen {
		if x.Final != nil {
			codes = append(codes, int(x.Final.Status))
		}
	}
	if !slices.Equal(codes, v.codes) {
		return fmt.Errorf("the tap saw %v, the client %v", codes, v.codes)
	}
	return nil
}

// duplex returns the two ends of a connection in memory, each direction of which
// can be closed by itself. A write is over when it was read, so that the cuts
// of one side are the reads of the other.
func duplex() (client, server *end) {
	up, atServer := net.Pipe()
	down, atClient := net.Pipe()
	return &end{Conn: atClient, out: up}, &end{Conn: atServer, out: down}
}

type end struct {
	net.Conn          // the incoming direction
	out      net.Conn // the outgoing one
}

func (e *end) Write(p []byte) (int, error) { return e.out.Write(p) }
func (e *end) CloseWrite() error           { return e.out.Close() }
func (e *end) Close() error                { return errors.Join(e.Conn.Close(), e.out.Close()) }

func (e *end) SetDeadline(t time.Time) error {
	return errors.Join(e.Conn.SetReadDeadline(t), e.out.SetWriteDeadline(t))
}
func (e *end) SetWriteDeadline(t time.Time) error { return e.out.SetWriteDeadline(t) }
