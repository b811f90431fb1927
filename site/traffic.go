package site

import (
	"bytes"
	"context"
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
	asked := r.URL.Query().Get("world")
	world, seen := s.look(r.Context(), asked)
	switch {
	case !wantsJSON(r):
		p := trafficPage{page: s.page(r), World: world, Unknown: asked != "" && world == ""}
		if world != "" {
			p.ID = worldID.FindStringSubmatch(world)[1]
			p.Try = "curl -i " + s.originOf(r).word("{base}"+world+"book")
		}
		for _, x := range slices.Backward(seen) {
			p.Seen = append(p.Seen, sightOf(x, p.Lang))
		}
		return answerHTML(w, r, p.Lang, "traffic.html", p)
	case world == "":
		return noSuchTraffic()
	}
	doc := TrafficDocument{World: world, Feed: world + "traffic", Exchanges: []stage.Sight{}}
	for _, x := range seen {
		doc.Exchanges = append(doc.Exchanges, stage.Told(x))
	}
	return answerJSON(w, r, doc)
}

// look returns the path of the world that is asked for, and what is to be seen of
// it; an empty path if there is no such world.
func (s *site) look(ctx context.Context, asked string) (world string, seen []*wire.Exchange) {
	m := worldID.FindStringSubmatch(asked)
	if m == nil {
		return "", nil
	}
	world = "/w/" + m[1] + "/"
	seen, ok, err := s.Traffic.Recent(ctx, world)
	if err != nil {
		panic(fmt.Errorf("look up the traffic of %s: %w", world, err))
	}
	if !ok {
		return "", nil
	}
	return world, seen
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
