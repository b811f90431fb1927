package site

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/wire"
)

const (
	// atOnce bounds the plays under way, of all visitors together.
	atOnce = 8

	// playTime bounds one play, cue and control together. The longest scene
	// waits for a server that waits 30 s.
	playTime = 2 * time.Minute

	// playAgain is when a visitor who found no place may try again, in seconds:
	// about as long as the scenes that wait for a time limit take.
	playAgain = "20"
)

// A playPage is about one scene: ready to be played, or played.
type playPage struct {
	page
	Form   playForm
	Over   string         // the protocol over which it is being played, as people name it
	Result *performedPage // nil until it has been played
}

// A playForm is what starts a scene: one button a protocol.
type playForm struct {
	page
	stage.Scene
	Ways []playWay
	Slow bool // waits for a time limit of the server
}

type playWay struct {
	Value wire.Protocol
	Name  string // "HTTP/1.1"
}

// WithPlay returns the page with the form that plays a scene.
func (p page) WithPlay(s stage.Scene) playForm {
	f := playForm{page: p, Scene: s}
	for _, protocol := range s.Over {
		f.Ways = append(f.Ways, playWay{protocol, protocolName[protocol]})
	}
	for _, part := range [][]stage.Step{s.Cue, s.Control} {
		for _, step := range part {
			f.Slow = f.Slow || (step.Manner == stage.Stall || step.Manner == stage.Balk)
		}
	}
	return f
}

// sceneAt returns the scene that a path such as "/play/404/nothing-there" names.
func sceneAt(path string) (*stage.Scene, bool) {
	rest, ok := strings.CutPrefix(path, "/play")
	at := strings.LastIndexByte(rest, '/')
	if !ok || at < 0 {
		return nil, false
	}
	code, ok := codeOf(rest[:at])
	if !ok {
		return nil, false
	}
	for _, s := range stage.Of(code) {
		if s.Name == rest[at+1:] {
			return &s, true
		}
	}
	return nil, false
}

// play shows a scene, and plays it for a POST. RFC 9110 §9.2.1: a safe method
// asks for no change, and what follows links or fetches ahead may use it freely;
// a scene writes to the lab and holds connections, so GET only shows the button.
func (s *site) play(w http.ResponseWriter, r *http.Request, scene *stage.Scene) *wire.Refusal {
	p := playPage{page: s.page(r)}
	p.Form = p.WithPlay(*scene)
	if r.Method != http.MethodPost {
		return answerHTML(w, r, p.Lang, "play.html", p)
	}
	over, refusal := playRequest(w, r, scene)
	if refusal != nil {
		return refusal
	}
	select {
	case s.plays <- struct{}{}:
		defer func() { <-s.plays }()
	default:
		return noPlaceToPlay()
	}
	ctx, cancel := context.WithTimeout(r.Context(), playTime)
	defer cancel()

	h := w.Header()
	chosen(h)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Language", string(p.Lang))
	if prefersJSON(strings.Join(r.Header.Values("Accept"), ",")) {
		h.Set("Content-Type", "application/json")
		w.Write(encode(performanceOf(s.Play(ctx, scene, over), p.Lang)))
		return nil
	}
	// The first half goes out at once and says that the scene is being played;
	// the style sheet hides that when the second half is there.
	p.Over = protocolName[over]
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.Write(filled("play-before", p))
	if err := http.NewResponseController(w).Flush(); err != nil {
		return nil // nobody is there to play for
	}
	p.Result = p.performed(s.Play(ctx, scene, over), s.gates())
	w.Write(filled("play-after", p))
	return nil
}

// playRequest reads what is to be played from a POST that may ask for it.
func playRequest(w http.ResponseWriter, r *http.Request, scene *stage.Scene) (wire.Protocol, *wire.Refusal) {
	// A page of another site could make its visitors' browsers take all places.
	if err := new(http.CrossOriginProtection).Check(r); err != nil {
		return "", fromElsewhere()
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return "", badForm(err)
	}
	over := wire.Protocol(r.Form.Get("over"))
	if over == "" {
		return scene.Over[0], nil
	}
	if protocolName[over] == "" {
		return "", noSuchProtocol()
	}
	return over, nil
}

func noSuchProtocol() *wire.Refusal {
	return &wire.Refusal{
		Status: http.StatusBadRequest, Gate: 14, Reason: "protocol-unknown", Spec: "RFC 9110 §15.5.1",
		Detail: lang.Text{
			En:   "A scene is played over h1, h2 or h3, as in over=h2.",
			ZhTW: "場景只能以 h1、h2 或 h3 重現，例如 over=h2。"},
	}
}

// fromElsewhere: RFC 9110 §15.5.4, understood and refused.
func fromElsewhere() *wire.Refusal {
	return &wire.Refusal{
		Status: http.StatusForbidden, Gate: 7, Reason: "cross-origin", Spec: "RFC 9110 §15.5.4",
		Detail: lang.Text{
			En:   "A page of another site asked for this play. Play the scene from its page here, or from a program that is no browser.",
			ZhTW: "這次重現是由其他網站的頁面要求的。請從這裡的頁面重現，或使用瀏覽器以外的程式。"},
	}
}

// noPlaceToPlay: RFC 9110 §15.6.4, too much at the moment; Retry-After as in §10.2.3.
func noPlaceToPlay() *wire.Refusal {
	return &wire.Refusal{
		Status: http.StatusServiceUnavailable, Gate: 3, Reason: "plays-busy", Spec: "RFC 9110 §15.6.4",
		Detail: lang.Text{
			En:   fmt.Sprintf("All %d places for plays are taken. Try again in %s seconds, or play the scene with the commands on its page.", atOnce, playAgain),
			ZhTW: fmt.Sprintf("%d 個重現的名額都用完了。請在 %s 秒後再試，或使用頁面上的指令自行重現。", atOnce, playAgain)},
		Fields: wire.Fields{{Name: "Retry-After", Value: playAgain}},
	}
}
