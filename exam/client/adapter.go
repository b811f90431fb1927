package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/exam"
)

// An Adapter is a subject that a program of its own drives, spoken to in JSON
// lines. Several trials at once have a process each; one that hangs is ended
// with its trial and started anew for the next.
type Adapter struct {
	words  []string
	folder string // the processes' home, with the authority in it
	about  exam.About
	can    map[exam.Capability]bool

	mu      sync.Mutex
	idle    []*process
	session atomic.Int64
}

// A process is one running adapter.
type process struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Scanner
	told *bounded
	n    int
}

// maxLine is the longest line that an adapter may write.
const maxLine = 4 << 20

// NewAdapter starts an adapter and asks who it is.
func NewAdapter(ctx context.Context, words ...string) (*Adapter, error) {
	a := &Adapter{words: words, can: map[exam.Capability]bool{}}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := a.furnish(); err != nil {
		return nil, err
	}
	p, hello, err := a.start(ctx)
	if err != nil {
		os.RemoveAll(a.folder)
		return nil, err
	}
	a.about = exam.About{Name: hello.Subject, Version: hello.Version, Options: hello.Options}
	for _, c := range hello.Caps {
		a.can[c] = true
	}
	a.idle = []*process{p}
	return a, nil
}

// furnish makes the folder of the adapter's processes.
func (a *Adapter) furnish() error {
	own, err := authority()
	if err != nil {
		return err
	}
	if a.folder, err = os.MkdirTemp("", "statute-exam-"); err != nil {
		return err
	}
	if err = os.WriteFile(filepath.Join(a.folder, "ca.pem"), own.PEM(), 0o600); err != nil {
		os.RemoveAll(a.folder)
	}
	return err
}

// About says who it is.
func (a *Adapter) About() exam.About { return a.about }

// Can says what the adapter says that it can do.
func (a *Adapter) Can() map[exam.Capability]bool { return a.can }

// start starts a process and greets it.
func (a *Adapter) start(ctx context.Context) (*process, *fromAdapter, error) {
	p := &process{cmd: exec.Command(a.words[0], a.words[1:]...), told: new(bounded)}
	Alone(p.cmd)
	// Some can be told of an authority only here.
	p.cmd.Env = append(environment(a.folder), "NODE_EXTRA_CA_CERTS="+filepath.Join(a.folder, "ca.pem"))
	p.cmd.Stderr = p.told
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	p.out = bufio.NewScanner(out)
	p.out.Buffer(nil, maxLine)
	if err := p.cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("start the adapter: %w", err)
	}
	hello, err := p.ask(ctx, &toAdapter{Hello: protocolVersion})
	if err == nil && (hello.Hello != protocolVersion || hello.Subject == "") {
		err = fmt.Errorf("it greets with version %d and subject %q; this exam speaks version %d", hello.Hello, hello.Subject, protocolVersion)
	}
	if err != nil {
		p.end()
		return nil, nil, fmt.Errorf("greet the adapter %v: %w", a.words, err)
	}
	return p, hello, nil
}

// ask writes a line and reads the one that answers it.
func (p *process) ask(ctx context.Context, m *toAdapter) (*fromAdapter, error) {
	stop := context.AfterFunc(ctx, func() { Kill(p.cmd) })
	defer stop()
	line, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return nil, p.fault(ctx, err)
	}
	for p.out.Scan() {
		answer := new(fromAdapter)
		if err := json.Unmarshal(p.out.Bytes(), answer); err != nil {
			return nil, fmt.Errorf("the adapter wrote what is no JSON: %.80q", p.out.Bytes())
		}
		if answer.ID == m.ID {
			return answer, nil
		}
	}
	err = p.out.Err()
	if err == nil {
		err = errors.New("it ended")
	}
	return nil, p.fault(ctx, err)
}

func (p *process) fault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("the adapter did not answer in time: %w", ctx.Err())
	}
	p.cmd.Wait() // so that what it said last is there
	return fmt.Errorf("the adapter broke down: %w: %.300s", err, lastLine(p.told.octets))
}

// end ends the process.
func (p *process) end() {
	p.in.Close()
	Kill(p.cmd)
	p.cmd.Wait()
}

// Do carries orders out in a session of their own.
func (a *Adapter) Do(ctx context.Context, orders []Order) []Report {
	p, err := a.take(ctx)
	if err != nil {
		return []Report{{Err: &Error{ErrOther, err.Error()}}}
	}
	session := "s" + strconv.FormatInt(a.session.Add(1), 10)
	var reports []Report
	for i := range orders {
		p.n++
		answer, err := p.ask(ctx, orderTo(p.n, session, &orders[i]))
		if err != nil {
			p.end()
			return append(reports, Report{Late: ctx.Err() != nil, Err: &Error{ErrOther, err.Error()}})
		}
		reports = append(reports, answer.report())
	}
	if line, err := json.Marshal(&toAdapter{End: session}); err == nil {
		stop := context.AfterFunc(ctx, func() { Kill(p.cmd) }) // it may not read
		_, err = p.in.Write(append(line, '\n'))
		if !stop() || err != nil {
			p.end()
			return reports
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.idle = append(a.idle, p)
	return reports
}

func (a *Adapter) take(ctx context.Context) (*process, error) {
	a.mu.Lock()
	if n := len(a.idle); n > 0 {
		p := a.idle[n-1]
		a.idle = a.idle[:n-1]
		a.mu.Unlock()
		return p, nil
	}
	a.mu.Unlock()
	p, _, err := a.start(ctx)
	return p, err
}

// Close ends all processes.
func (a *Adapter) Close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range a.idle {
		p.end()
	}
	a.idle = nil
	os.RemoveAll(a.folder)
}
