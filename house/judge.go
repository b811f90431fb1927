package house

import (
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/wire"
)

// A judge holds our own traffic against our own rules while the house is open,
// and logs what it finds: a rule that we break is a defect of ours. It keeps out
// of the way: exchanges that come faster than it may work are let pass.
type judge struct {
	checker *lint.Checker
	log     *slog.Logger
	queue   chan *wire.Exchange
	done    chan struct{}
	once    sync.Once

	told map[string]*telling // by rule; the worker's alone

	second atomic.Int64 // the present one
	taken  atomic.Int64 // exchanges taken in it
	passed atomic.Int64 // exchanges let pass unjudged
}

const (
	judgeQueue = 256
	judgeRate  = 500 // exchanges a second: enough for people, little of a core
	judgeTells = 5   // times a second that a rule's findings are logged one by one
)

// A telling is how often a rule's findings were logged in a second, and how many
// were not since they were last counted aloud.
type telling struct {
	second       time.Time
	told, untold int
}

// tell reports whether one more finding of the rule is to be logged.
func (j *judge) tell(rule string, now time.Time) bool {
	t := j.told[rule]
	if t == nil {
		t = &telling{}
		j.told[rule] = t
	}
	if second := now.Truncate(time.Second); !second.Equal(t.second) {
		t.second, t.told = second, 0
	}
	if t.told >= judgeTells {
		t.untold++
		return false
	}
	t.told++
	return true
}

// sumUp logs how many findings were not.
func (j *judge) sumUp() {
	for _, rule := range slices.Sorted(maps.Keys(j.told)) {
		if n := j.told[rule].untold; n > 0 {
			j.log.Warn("more of our own answers broke a rule than were logged", "rule", rule, "count", n)
			j.told[rule].untold = 0
		}
	}
}

func newJudge(log *slog.Logger, rules []lint.Rule) *judge {
	j := &judge{
		checker: lint.New(rules...), log: log,
		queue: make(chan *wire.Exchange, judgeQueue), done: make(chan struct{}),
		told: map[string]*telling{},
	}
	go j.work()
	return j
}

// offer gives the judge an exchange if it has time for it. It never waits.
func (j *judge) offer(x *wire.Exchange) {
	if now := x.Started.Unix(); j.second.Swap(now) != now {
		j.taken.Store(0)
	}
	if j.taken.Add(1) > judgeRate {
		j.passed.Add(1)
		return
	}
	select {
	case j.queue <- x:
	default:
		j.passed.Add(1)
	}
}

func (j *judge) work() {
	report := time.NewTicker(time.Minute)
	defer report.Stop()
	for {
		select {
		case x := <-j.queue:
			j.judge(x)
		case <-report.C:
			if n := j.passed.Swap(0); n > 0 {
				j.log.Debug("exchanges let pass unjudged in the last minute", "count", n)
			}
			j.sumUp()
		case <-j.done:
			j.sumUp()
			return
		}
	}
}

func (j *judge) judge(x *wire.Exchange) {
	if x.Answer().Fields.Has("Statute-Replay") {
		return // not ours, and marked as such
	}
	posed := x.Answer().Fields.Has("Statute-Posed")
	for _, f := range j.checker.Check(x).Findings {
		// A posed answer has no cause, rightly; what clients do is theirs.
		if posed && f.Rule.About == lint.OfCause || f.Rule.Who == lint.Client || f.Rule.Level == lint.Advice {
			continue
		}
		if !j.tell(f.Rule.Name, time.Now()) {
			continue
		}
		j.log.Warn("our own answer breaks a rule", "rule", f.Rule.Name, "spec", f.Rule.Spec,
			"where", f.Where.String(), "message", f.Message.En,
			"method", x.Request.Method, "target", x.Request.Target, "status", x.Answer().Status)
	}
}

func (j *judge) stop() { j.once.Do(func() { close(j.done) }) }
