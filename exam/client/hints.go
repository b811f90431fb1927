package client

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// hinted stages a page whose 103 names something to load: an image of another
// origin, so that it comes on a connection of its own. The final answer waits
// for it for a time, and has no word of it.
func (s *Setting) hinted(path string, more ...string) (early, came bool) {
	var before atomic.Bool // the final answer
	other := s.Open(Place{Secure: s.A.secure()})
	image := path + ".png"
	s.On(image, func(t *Turn) {
		t.Answer(200, "\x89PNG\r\n\x1a\n", "Content-Type: image/png", "Cache-Control: max-age=60")
	})
	s.On(path, func(t *Turn) {
		t.Interim(103, append(more, "Link: <"+other.URL(image)+">; rel=preload; as=image")...)
		wait := time.After(Silence / 2)
		for over := false; !over && s.Came(image) == 0; {
			select {
			case <-s.next(s.last()):
			case <-wait:
				over = true
			}
		}
		before.Store(s.Came(image) > 0)
		t.Answer(200, "<!doctype html><title>tea</title><p>"+finalContent, "Content-Type: text/html")
	})
	o := s.Order(path)
	o.Navigate = true
	s.Do(o)
	return before.Load(), s.Came(image) > 0
}

// hintedOften does that until the image is asked for, with a path of its own each
// time: Chromium 156 leaves about one hint in five alone, for reasons of its own.
func (s *Setting) hintedOften(path string, most int, more ...string) (early, came bool) {
	for n := 1; n <= most && !came; n++ {
		early, came = s.hinted(fmt.Sprintf("%s-%d", path, n), more...)
	}
	return early, came
}

// last is what the subject did last.
func (s *Setting) last() *Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.acts) == 0 {
		return nil
	}
	return s.acts[len(s.acts)-1]
}

// Browsers act on hints over HTTP/2 and later alone, and when they open a page.
var hints = []exam.Case{
	{
		Name: "103-preload-link", Level: exam.Info, Codes: codes(103), Spec: "RFC 8297 §2", Over: []wire.Protocol{wire.H2},
		Needs: needs(Gets, Navigates), Limit: 30 * time.Second, Fault: "hints-for-nothing",
		Stages: lang.Text{
			En:   "A page is opened; its 103 has a Link to preload an image, which the final answer does not mention.",
			ZhTW: "開啟一頁；103 帶著預先載入圖片的 Link，最終回應沒有提到那張圖。"},
		Wants: lang.Text{En: "Nothing: whether it loads the image, and whether before the final answer, is noted.", ZhTW: "沒有要求：記下它有沒有載入圖片、是不是在最終回應之前。"},
		Run: stage(func(s *Setting) exam.Verdict {
			switch early, came := s.hintedOften("/start", 3); {
			case s.Came("/start-1") == 0:
				return exam.NotAsked(say("The page was not asked for.", "沒有收到開啟頁面的請求。"))
			case early:
				return exam.Noted("early", say("The image was asked for before the final answer was sent.", "最終回應送出之前就來要圖片。"))
			case came:
				return exam.Noted("late", say("The image was asked for after the final answer.", "最終回應之後才來要圖片。"))
			}
			return exam.Noted("not", say("The image was not asked for.", "沒有來要圖片。"))
		}),
	},
	{
		// HTML, "early hints": the policy of a 103 holds for what it hints at
		// (unverified).
		Name: "103-csp", Level: exam.DeFacto, Codes: codes(103), Spec: "RFC 8297 §2", Over: []wire.Protocol{wire.H2},
		Needs: needs(Gets, Navigates), Limit: 30 * time.Second, Fault: "hints-despite-policy",
		Stages: lang.Text{
			En:   "A page is opened; its 103 has a Link to preload an image, and a policy that forbids images.",
			ZhTW: "開啟一頁；103 帶著預先載入圖片的 Link，以及禁止圖片的政策。"},
		Wants: lang.Text{En: "Not to load it.", ZhTW: "不載入。"},
		Run: stage(func(s *Setting) exam.Verdict {
			if _, came := s.hintedOften("/plain", 3); !came {
				return exam.NotAsked(say("It does not act on hints.", "它不理會提示。"))
			}
			_, came := s.hintedOften("/start", 2, "Content-Security-Policy: img-src "+s.Either("'none'", "*"))
			switch {
			case s.Came("/start-1") == 0:
				return exam.NotAsked(say("The page was not asked for.", "沒有收到開啟頁面的請求。"))
			case came && !s.trial.Control:
				return exam.Failed(say("It loaded the image.", "它載入了圖片。"))
			}
			return exam.Passed(say("It did as the policy says.", "它照政策做。"))
		}),
	},
}
