package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/lang"
)

// progressAfter is how long work may take before people are told how far it is.
const progressAfter = time.Second

// A progress is a line on a terminal, below what is printed there, that says how
// much of long work is done. It needs no control but the carriage return.
type progress struct {
	w     io.Writer
	says  string // with the numbers done and total
	total int
	timer *time.Timer

	mu    sync.Mutex // guards the rest
	late  bool       // the line is to be shown
	ended bool
	done  int
	width int // columns of the line that is shown; 0 where none is
}

// newProgress begins to count work of total steps. Where stderr is no terminal
// nothing is ever shown. [progress.end] has to follow.
func (env *environment) newProgress(total int, says lang.Text) *progress {
	p := &progress{w: io.Discard, says: env.in(says), total: total}
	if env.stderrIsTerminal {
		p.w = env.stderr
	}
	p.timer = time.AfterFunc(progressAfter, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.late = !p.ended
		p.draw()
	})
	return p
}

// step counts one step, whose output must not run into the line.
func (p *progress) step(show func()) {
	p.aside(func() {
		show()
		p.done++
	})
}

// aside shows what must not run into the line.
func (p *progress) aside(show func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	show()
	p.draw()
}

// reach says how far the work is, and how much there is of it.
func (p *progress) reach(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == done && p.total == total {
		return
	}
	p.clear()
	p.done, p.total = done, total
	p.draw()
}

// end takes the line away.
func (p *progress) end() {
	p.timer.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.late, p.ended = false, true
}

func (p *progress) draw() {
	if !p.late {
		return
	}
	line := fmt.Sprintf(p.says, p.done, p.total)
	p.width = columns(line)
	io.WriteString(p.w, line)
}

func (p *progress) clear() {
	if p.width > 0 {
		io.WriteString(p.w, "\r"+strings.Repeat(" ", p.width)+"\r")
		p.width = 0
	}
}
