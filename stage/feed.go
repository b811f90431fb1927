package stage

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A Sight is an exchange of a world as its live feed tells it: one message of
// text for each. Its shape is a promise: members may be added, none renamed or
// removed.
type Sight struct {
	At      time.Time     `json:"at"`
	Took    float64       `json:"milliseconds"`
	Over    wire.Protocol `json:"over"`
	Method  string        `json:"method"`
	Target  string        `json:"target"`
	Status  status.Code   `json:"status"` // 0: no final answer
	Gate    int           `json:"gate"`
	Reason  string        `json:"reason"`
	Request SightMessage  `json:"request"`
	Interim []SightAnswer `json:"interim"`
	Final   *SightAnswer  `json:"final"`
	Missed  int           `json:"missed"` // exchanges before this one that came too fast to be told
}

// A SightMessage is fields and content; content that is large, or no text, is
// told by its length alone.
type SightMessage struct {
	Fields  [][2]string `json:"fields"`
	Content string      `json:"content"`
	Length  int64       `json:"length"`
}

// A SightAnswer is an answer, interim or final.
type SightAnswer struct {
	Status status.Code `json:"status"`
	SightMessage
}

// Told is the Sight of an exchange.
func Told(x *wire.Exchange) Sight {
	s := Sight{
		At: x.Started, Took: float64(x.Took) / float64(time.Millisecond), Over: x.Conn.Protocol,
		Method: x.Request.Method, Target: x.Request.Target,
		Gate: x.Decision.Gate, Reason: x.Decision.Reason,
		Request: toldMessage(&x.Request.Message), Interim: []SightAnswer{},
	}
	for i := range x.Interim {
		s.Interim = append(s.Interim, SightAnswer{x.Interim[i].Status, toldMessage(&x.Interim[i].Message)})
	}
	if x.Final != nil {
		s.Status = x.Final.Status
		s.Final = &SightAnswer{x.Final.Status, toldMessage(&x.Final.Message)}
	}
	return s
}

func toldMessage(m *wire.Message) SightMessage {
	t := SightMessage{Fields: [][2]string{}, Length: m.Content.Length}
	for _, f := range m.Fields {
		value := f.Value
		if f.Redacted {
			value = "(withheld)"
		}
		t.Fields = append(t.Fields, [2]string{f.Name, value})
	}
	if m.Content.Whole() && utf8.Valid(m.Content.Data) {
		t.Content = string(m.Content.Data)
	}
	return t
}

// Note tells the lab of an exchange that the server has made; see serve.Server's
// Tap. Those who watch a world of their own see it. It does not wait.
func (l *Lab) Note(x *wire.Exchange) { l.traffic.note(x) }

// Recent returns the latest exchanges of a world of somebody's own, oldest
// first; ok is false if there is no such world. world is its path, "/w/{id}/".
func (l *Lab) Recent(ctx context.Context, world string) (seen []*wire.Exchange, ok bool, err error) {
	prefix, rel, ok := worldOf(world)
	if !ok || rel != "/" || prefix == "/lab" {
		return nil, false, nil
	}
	if ok, err = l.world(prefix).Begun(ctx); !ok || err != nil {
		return nil, false, err
	}
	return l.traffic.recent(prefix), true, nil
}

// feed is the live traffic of a world, over a WebSocket: what is remembered, then
// each exchange as it ends.
func (l *Lab) feed() *mechanism {
	return &mechanism{
		allow: []string{http.MethodGet, http.MethodHead, http.MethodOptions},
		handle: func(w http.ResponseWriter, r *http.Request) error {
			prefix, _, _ := worldOf(r.URL.Path)
			if prefix == "/lab" {
				return sharedWorld()
			}
			if begun, err := l.world(prefix).Begun(r.Context()); err != nil {
				return err
			} else if !begun {
				return noWorld()
			}
			if err := handshake(r); err != nil {
				return err
			}
			if err := l.sockets.passContent(r); err != nil {
				return err
			}
			its, before, stop, ok := l.traffic.watch(prefix)
			if !ok {
				return tooManyWatch()
			}
			defer stop()
			conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
			if err == nil {
				l.tell(conn, before, its)
			}
			return nil // what Accept refuses, it has answered
		},
	}
}

// tell sends what is remembered and then what comes, until the client closes or
// is gone, or the lab closes.
func (l *Lab) tell(conn *websocket.Conn, before []*wire.Exchange, its *watcher) {
	s := l.sockets
	defer conn.CloseNow()
	// What a client says here means nothing; one that says anything is closed.
	open, cancel := context.WithTimeout(conn.CloseRead(context.Background()), s.stay)
	defer cancel()
	defer context.AfterFunc(s.over, func() { conn.Close(websocket.StatusGoingAway, "the server is stopping") })()
	send := func(sight Sight) error {
		octets, err := json.Marshal(sight)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(open, s.write)
		defer cancel()
		return conn.Write(ctx, websocket.MessageText, octets)
	}
	for _, x := range before {
		if send(Told(x)) != nil {
			return
		}
	}
	alive := time.NewTicker(s.idle / 2)
	defer alive.Stop()
	for {
		select {
		case x := <-its.more:
			sight := Told(x)
			sight.Missed = l.traffic.behind(its)
			if send(sight) != nil {
				return
			}
		case <-alive.C:
			ctx, cancel := context.WithTimeout(open, s.write)
			err := conn.Ping(ctx)
			cancel()
			if err != nil {
				return
			}
		case <-open.Done():
			conn.Close(websocket.StatusPolicyViolation, "open for too long")
			return
		}
	}
}

func sharedWorld() *wire.Refusal {
	return &wire.Refusal{
		Status: 404, Gate: 8, Reason: "nobodys-traffic", Spec: "RFC 9110 §15.5.5",
		Detail: lang.Text{
			En:   "This world is everybody's, so nobody is shown its traffic. Make a world of your own with POST /worlds.",
			ZhTW: "這個世界是大家共用的，所以不讓任何人看它的流量。請以 POST /worlds 建立自己的世界。"},
	}
}

func tooManyWatch() *wire.Refusal {
	return &wire.Refusal{
		Status: 503, Gate: 15, Reason: "watchers-full", Spec: "RFC 9110 §15.6.4",
		Detail: lang.Text{
			En:   "As many are watching already as the server can tell. The page /traffic shows the latest without watching.",
			ZhTW: "同時觀看的人數已達上限。不即時觀看的話，/traffic 頁面也能看到最近的流量。"},
		Fields: field("Retry-After", "10"),
	}
}
