package site

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A TrafficDocument is the document at /traffic?world=ID for those who prefer
// JSON: the latest exchanges of a world, oldest first.
type TrafficDocument struct {
	World     string        `json:"world"` // its path
	Feed      string        `json:"feed"`  // path of the WebSocket that tells them as they come
	Exchanges []stage.Sight `json:"exchanges"`
}

// A trafficPage lists what came of requests in one world, latest first.
type trafficPage struct {
	page
	ID      string // of the world; empty: none was named
	World   string // its path
	Unknown bool   // there is no such world
	Try     string // a command that makes an exchange
	Seen    []seenExchange
}

type seenExchange struct {
	At       string // hour, minute and second, UTC
	Over     string
	Method   string
	Target   string
	Statuses []status.Code
	Gate     int
	Reason   string
	Text     string // both messages
}

var worldID = regexp.MustCompile(`^(?:/w/)?([0-9a-f]{18})/?$`)

// traffic shows the latest traffic of the world that the visitor names: nobody
// else's, since nobody else's id can be guessed. POST makes a world.
func (s *site) traffic(w http.ResponseWriter, r *http.Request) *wire.Refusal {
	if r.Method == http.MethodPost {
		return s.newWorld(w, r)
	}
	chosen(w.Header())
	p := trafficPage{page: s.page(r)}
	if asked := r.URL.Query().Get("world"); asked != "" {
		if refusal := s.look(r, &p, asked); refusal != nil {
			return refusal
		}
	}
	if !wantsJSON(r) {
		return answerHTML(w, r, p.Lang, "traffic.html", p)
	}
	if p.World == "" {
		return noSuchTraffic()
	}
	seen, _, err := s.Traffic.Recent(r.Context(), p.World)
	if err != nil {
		panic(fmt.Errorf("look up the traffic of %s: %w", p.World, err))
	}
	doc := TrafficDocument{World: p.World, Feed: p.World + "traffic", Exchanges: []stage.Sight{}}
	for _, x := range seen {
		doc.Exchanges = append(doc.Exchanges, stage.Told(x))
	}
	return answerJSON(w, r, doc)
}

// look fills in what is to be seen of a world.
func (s *site) look(r *http.Request, p *trafficPage, asked string) *wire.Refusal {
	m := worldID.FindStringSubmatch(asked)
	if m == nil {
		p.Unknown = true
		return nil
	}
	world := "/w/" + m[1] + "/"
	seen, ok, err := s.Traffic.Recent(r.Context(), world)
	if err != nil {
		panic(fmt.Errorf("look up the traffic of %s: %w", world, err))
	}
	if !ok {
		p.Unknown = true
		return nil
	}
	p.ID, p.World = m[1], world
	to := s.originOf(r)
	p.Try = "curl -i " + to.word("{base}"+world+"book")
	for _, x := range slices.Backward(seen) {
		p.Seen = append(p.Seen, sightOf(x, p.Lang))
	}
	return nil
}

func sightOf(x *wire.Exchange, l lang.Tag) seenExchange {
	var text bytes.Buffer
	peer.Print(&text, x, l) // a buffer takes everything
	return seenExchange{
		At: x.Started.UTC().Format("15:04:05"), Over: protocolName[x.Conn.Protocol],
		Method: x.Request.Method, Target: x.Request.Target, Statuses: x.Statuses(),
		Gate: x.Decision.Gate, Reason: x.Decision.Reason, Text: text.String(),
	}
}

// newWorld makes a world and leads to its page.
func (s *site) newWorld(w http.ResponseWriter, r *http.Request) *wire.Refusal {
	// A page of another site could make its visitors' browsers make many.
	if err := new(http.CrossOriginProtection).Check(r); err != nil {
		return fromElsewhere()
	}
	world, err := s.Traffic.Begin(r)
	var refusal *wire.Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	if err != nil {
		panic(fmt.Errorf("make a world: %w", err))
	}
	w.Header().Set("Location", "/traffic?world="+worldID.FindStringSubmatch(world)[1])
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

func noSuchTraffic() *wire.Refusal {
	return &wire.Refusal{
		Status: http.StatusNotFound, Gate: 8, Reason: "no-such-traffic", Spec: "RFC 9110 §15.5.5",
		Detail: lang.Text{
			En:   "Name a world of your own, as in /traffic?world=ID. POST /worlds makes one; its id is in Location.",
			ZhTW: "請指明自己的世界，例如 /traffic?world=ID。POST /worlds 會建立一個，代號在 Location。"},
	}
}
