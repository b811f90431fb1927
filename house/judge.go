package house

import (
	"log/slog"
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

	second atomic.Int64 // the present one
	taken  atomic.Int64 // exchanges taken in it
	passed atomic.Int64 // exchanges let pass unjudged
}

const (
	judgeQueue = 256
	judgeRate  = 500 // exchanges a second: enough for people, little of a core
)

func newJudge(log *slog.Logger, rules []lint.Rule) *judge {
	j := &judge{
		checker: lint.New(rules...), log: log,
		queue: make(chan *wire.Exchange, judgeQueue), done: make(chan struct{}),
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
		case <-j.done:
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
		j.log.Warn("our own answer breaks a rule", "rule", f.Rule.Name, "spec", f.Rule.Spec,
			"where", f.Where.String(), "message", f.Message.En,
			"method", x.Request.Method, "target", x.Request.Target, "status", x.Answer().Status)
	}
}

func (j *judge) stop() { j.once.Do(func() { close(j.done) }) }
