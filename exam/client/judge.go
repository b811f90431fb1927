package client

import (
	"slices"
	"sync"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// What several topics ask alike.

// inStep stages a connection on which something odd comes with or after the
// first answer, and a second request follows: it has to get its own answer.
// refusal is the outcome where the client gives the second request up.
func inStep(script func(*Setting, *Turn), refusal exam.Outcome) func(*exam.Trial) exam.Verdict {
	return inStepWith(func(s *Setting) Order { return s.Order("/1") }, script, refusal)
}

// inStepWith is the same with a first order of one's own, to the path /1.
func inStepWith(first func(*Setting) Order, script func(*Setting, *Turn), refusal exam.Outcome) func(*exam.Trial) exam.Verdict {
	return stage(func(s *Setting) exam.Verdict {
		s.On("/1", func(t *Turn) { script(s, t) })
		s.On("/2", func(t *Turn) { t.Final() })
		r := s.Do(first(s), s.Order("/2"))[1]
		switch {
		case s.Waited():
			return exam.Failed(say("It had the whole answer and went on waiting.", "回應已經完整，它卻還繼續等。"))
		case s.Follows("/2", trap) || string(r.Content) == trapContent:
			return exam.Failed(say("The second request was answered by what came before it.", "第二個請求得到的是先前剩下的東西。"))
		case s.garbled():
			return exam.Failed(say("The second request did not come as HTTP.", "第二個請求送來的不是 HTTP。"))
		case s.Came(mark) > 0 || string(r.Content) == markContent:
			return exam.Passed(say("The second request got its own answer.", "第二個請求得到它自己的回應。"))
		}
		return s.Delivered(r, refusal)
	})
}

// underway is how long before a request what comes unasked has to be sent: what
// was sent later may cross with the request, and be its answer for all that the
// client can know.
const underway = 200 * time.Millisecond

// onIdle stages something that comes unasked on an idle connection, behind the
// answer to the first request: the second has to get its own answer, or none
// (RFC 9112 §9.2).
func onIdle(first, late func(*Setting, *Turn)) func(*exam.Trial) exam.Verdict {
	return stage(func(s *Setting) exam.Verdict {
		var mu sync.Mutex
		var sent time.Time
		s.On("/1", func(t *Turn) {
			first(s, t)
			if t.way.stir(20*time.Millisecond, nil) {
				return
			}
			mu.Lock()
			sent = time.Now()
			mu.Unlock()
			late(s, t)
		})
		s.On("/2", func(t *Turn) { t.Final() })
		second := s.Order("/2")
		second.Pause = time.Second
		r := s.Do(s.Order("/1"), second)[1]
		mu.Lock()
		defer mu.Unlock()
		before, asked := s.Asked("/1"), s.Asked("/2")
		// On another connection nothing can cross: the client has left the first.
		same := len(before) > 0 && len(asked) > 0 && asked[0].Conn == before[0].Conn
		switch {
		case same && (sent.IsZero() || asked[0].At.Sub(sent) < underway):
			return exam.NotAsked(say("The next request came too soon, so there was no time to ask.", "下一個請求來得太快，沒有時機可問。"))
		case r.Status == 408:
			return exam.Failed(say("It took the 408 for the answer to its next request.", "它把 408 當成下一個請求的回應。"))
		case s.Follows("/2", trap) || string(r.Content) == trapContent:
			return exam.Failed(say("The second request was answered by what came before it.", "第二個請求得到的是先前剩下的東西。"))
		}
		return s.Delivered(r, exam.Refused)
	})
}

// garbled reports whether a request could not be read.
func (s *Setting) garbled() bool {
	return slices.ContainsFunc(s.Asked(""), func(a *Asked) bool { return a.Fault != nil })
}

// doneAtOnce stages an answer that is whole although its fields promise more. A
// client that waits for more fails.
func doneAtOnce(method string, script func(*Setting, *Turn), refusal exam.Outcome) func(*exam.Trial) exam.Verdict {
	return stage(func(s *Setting) exam.Verdict {
		s.On("/start", func(t *Turn) {
			if s.Waited() { // and asks again by itself: no need to hear it wait again
				t.Close()
				return
			}
			script(s, t)
			t.Hold(Silence)
		})
		o := s.Order("/start")
		o.Method = method
		r := s.Do(o)[0]
		switch {
		case r.Unsupported != "" || s.Came("/start") == 0:
			return exam.NotAsked(say("No %s came. %s", "沒有收到 %s。%s", method, r.Unsupported))
		case s.Waited() || r.Late:
			return exam.Failed(say("It waited for content that this answer cannot have.", "它在等這個回應不可能有的內容。"))
		case !r.Success() && s.can(Fails) && (r.Err == nil || r.Err.Kind != ErrStatus):
			return exam.Verdict{Outcome: refusal, Detail: say("It gave up: %v", "它放棄了：%v", r.Err)}
		}
		return exam.Passed(say("It was done at once.", "它馬上就完成了。"))
	})
}

// final makes a case in which a status is the final answer: it is handled like
// its class, and asked for once.
func final(name, fault, spec string, level exam.Level, code status.Code, script func(*Turn), stages lang.Text) exam.Case {
	wants := lang.Text{
		En:   "To treat it as a failure of its class: once, and not as the content that was asked for.",
		ZhTW: "當成該類別的失敗處理：只要求一次，也不把它當成要求的內容。"}
	if level == exam.Must {
		wants = lang.Text{
			En:   "To treat it as a failure of its class, not as the content that was asked for.",
			ZhTW: "當成該類別的失敗處理，不把它當成要求的內容。"}
	}
	if code.Class() == status.Successful {
		wants = lang.Text{En: "To treat it as a success, with its content.", ZhTW: "當成成功，內容照收。"}
	}
	return exam.Case{
		Name: name, Level: level, Codes: codes(code), Spec: spec, Over: all, Needs: needs(Gets, Fails), Fault: fault,
		Stages: stages, Wants: wants,
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", script)
			r := s.Get("/start")
			return s.treatedAs(r, code.Class() == status.Successful, level == exam.Must)
		}),
	}
}

const finalContent = "what there is to say"

// mostRepeats is how many requests for one thing are called a loop.
const mostRepeats = 10

// treatedAs grades a final answer whose class decides. Where that is all that is
// asked, a GET may be repeated: it is idempotent (RFC 9110 §9.2.2), and whoever
// repeats at 500 does right to repeat at a 599 that he does not know.
func (s *Setting) treatedAs(r Report, success, repeats bool) exam.Verdict {
	n := s.Came("/start")
	switch {
	case r.Unsupported != "":
		return exam.NotAsked(say("The subject cannot do that: %s", "受測對象做不到：%s", r.Unsupported))
	case r.Late:
		return exam.Failed(say("It did not come to an end.", "它沒有結束。"))
	case n > 1 && !repeats, n > mostRepeats:
		return exam.Failed(say("It asked %d times.", "它要求了 %d 次。", n))
	case success && !r.Success():
		return exam.Failed(say("It called that a failure: %v", "它當成失敗：%v", r.Err))
	case success && s.can(Shows) && string(r.Content) != finalContent:
		return exam.Failed(say("It handed over %.40q for the content.", "它交出的內容是 %.40q。", r.Content))
	case success:
		return exam.Passed(say("It called that a success.", "它當成成功。"))
	case r.Err != nil:
		return exam.Passed(say("It called that a failure: %v", "它當成失敗：%v", r.Err))
	case s.can(Reports) && r.Status >= 200 && r.Status < 400:
		return exam.Failed(say("It reports %d.", "它回報 %d。", r.Status))
	case s.can(Reports) && r.Status > 0:
		return exam.Passed(say("It reports %d and leaves the judgement to its caller.", "它回報 %d，由呼叫者判斷。", r.Status))
	}
	return exam.Failed(say("It called that a success and said no status.", "它當成成功，也沒說狀態碼。"))
}
