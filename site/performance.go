package site

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/stage/play"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A Performance is the answer to POST /play/{code}/{scene} for those who prefer
// JSON: what `statute play --json` prints, and the messages.
type Performance struct {
	play.Report
	Messages Messages `json:"messages"`
}

// Messages are the exchanges of a play as text, one a step: lines of the request
// after ">", of the answers after "<", remarks after "*".
type Messages struct {
	Cue     []string `json:"cue"`
	Control []string `json:"control"`
}

func performanceOf(p *play.Performance, l lang.Tag) Performance {
	return Performance{p.Report(l), Messages{printed(p.Cue, l), printed(p.Control, l)}}
}

func printed(exchanges []*wire.Exchange, l lang.Tag) []string {
	texts := []string{}
	for _, x := range exchanges {
		texts = append(texts, printedOne(x, l))
	}
	return texts
}

func printedOne(x *wire.Exchange, l lang.Tag) string {
	var b bytes.Buffer
	if err := peer.Print(&b, x, l); err != nil {
		panic(fmt.Errorf("print an exchange: %w", err)) // a buffer takes all
	}
	return b.String()
}

// A performedPage is a play.Performance as a page shows it.
type performedPage struct {
	page
	*play.Performance
	Protocol string
	Parts    []performedPart
}

type performedPart struct {
	Name  string // "cue" or "control", as in words
	Steps []performedStep
}

type performedStep struct {
	stage.Step
	Want, Got []status.Code
	Played    bool // false: an earlier step did not come true
	Lines     []messageLine
	Gate      *wire.Gate // where the answer was decided; nil if that cannot be told
	Final     status.Code
}

// Seconds is how long the step waits before it is sent.
func (s performedStep) Seconds() int64 { return wholeSeconds(s.Wait) }

// A messageLine is one line that peer.Print wrote.
type messageLine struct {
	Kind string // "sent", "received" or "remark"
	Text string
}

// Number is the number of the step at a place in its part.
func (*performedPage) Number(place int) int { return place + 1 }

// Marked reports whether a message on the page has a mark in it.
func (p *performedPage) Marked() bool {
	for _, part := range p.Parts {
		for _, step := range part.Steps {
			for _, line := range step.Lines {
				if strings.Contains(line.Text, "{repeat:") {
					return true
				}
			}
		}
	}
	return false
}

func (p page) performed(performance *play.Performance, gates []wire.Gate) *performedPage {
	shown := &performedPage{page: p, Performance: performance, Protocol: protocolName[performance.Over]}
	if performance.Allowed {
		shown.Parts = []performedPart{
			{"cue", p.performedSteps(performance.Scene.Cue, performance.Cue, gates)},
			{"control", p.performedSteps(performance.Scene.Control, performance.Control, gates)},
		}
	}
	return shown
}

func (p page) performedSteps(steps []stage.Step, done []*wire.Exchange, gates []wire.Gate) []performedStep {
	var all []performedStep
	for i, step := range steps {
		shown := performedStep{Step: step, Want: append(slices.Clone(step.Interim), step.Status)}
		if i < len(done) {
			x := done[i]
			shown.Played, shown.Got, shown.Lines = true, x.Statuses(), linesOf(printedOne(x, p.Lang))
			shown.Gate, shown.Final = decidedAt(x, gates), x.Answer().Status
		}
		all = append(all, shown)
	}
	return all
}

// linesOf splits what peer.Print wrote. Long runs of one letter stand as the mark
// that the scenes themselves use for them.
func linesOf(text string) []messageLine {
	kinds := map[byte]string{'>': "sent", '<': "received", '*': "remark"}
	var all []messageLine
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		all = append(all, messageLine{kinds[line[0]], marked(line)})
	}
	return all
}

// decidedAt returns the gate that decided an answer of ours: the one that its
// problem details name, else the only one that can decide for its status. Nil
// where several could, and the answer does not say.
func decidedAt(x *wire.Exchange, gates []wire.Gate) *wire.Gate {
	a := x.Answer()
	if problem, err := wire.ReadProblem(&a.Message); err == nil {
		for i := range gates {
			if gates[i].Number == problem.Gate {
				return &gates[i]
			}
		}
		return nil
	}
	if can := gatesFor(a.Status, gates); len(can) == 1 {
		return &can[0]
	}
	return nil
}
