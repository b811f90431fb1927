package capture

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// The journal's line as it is written, member by member; a journalParser reads it.
// Members are added, never renamed or given another meaning. What is empty is left
// out.
type journalLine struct {
	Statute  int             `json:"statute"` // 1, the version of the format
	Conn     journalConn     `json:"conn,omitzero"`
	Request  journalMessage  `json:"request,omitzero"`
	Interim  []journalAnswer `json:"interim,omitempty"`
	Final    *journalAnswer  `json:"final,omitempty"`
	After    []byte          `json:"after,omitempty"` // base64, as all octets are
	End      wire.End        `json:"end,omitempty"`
	Seen     []string        `json:"seen"`
	Started  *time.Time      `json:"started,omitempty"` // RFC 3339, UTC
	Took     time.Duration   `json:"took,omitempty"`    // nanoseconds
	Decision journalDecision `json:"decision,omitzero"`

	Described *journalDescription `json:"described,omitempty"`
}

type journalConn struct {
	Protocol  wire.Protocol `json:"protocol,omitempty"`
	TLS       *journalTLS   `json:"tls,omitempty"`
	EarlyData bool          `json:"early,omitempty"`
	Peer      string        `json:"peer,omitempty"`
	Number    int           `json:"number,omitempty"`
}

type journalTLS struct {
	Version    uint16 `json:"version,omitempty"` // as crypto/tls numbers them
	ServerName string `json:"name,omitempty"`
	ALPN       string `json:"alpn,omitempty"`
	Resumed    bool   `json:"resumed,omitempty"`
}

type journalDecision struct {
	Gate   int    `json:"gate"`
	Reason string `json:"reason,omitempty"`
}

type journalDescription struct {
	Responses []string `json:"responses,omitempty"`
	Secured   bool     `json:"secured,omitempty"`
}

// journalMessage is a request; an answer is the same without what is only a
// request's, and with its status.
type journalMessage struct {
	Method    text `json:"method,omitempty"`
	Target    text `json:"target,omitempty"`
	Scheme    text `json:"scheme,omitempty"`
	Authority text `json:"authority,omitempty"`
	messageForm
}

type journalAnswer struct {
	Status status.Code `json:"status"`
	Reason text        `json:"reason,omitempty"`
	messageForm
}

type messageForm struct {
	Version  *[2]int      `json:"version,omitempty"` // [1,1]
	Fields   []field      `json:"fields,omitempty"`
	Framing  wire.Framing `json:"framing,omitempty"`
	Length   int64        `json:"length,omitempty"` // of the content
	Data     []byte       `json:"data,omitempty"`   // the first octets of it
	Complete bool         `json:"complete,omitempty"`
	Decoded  bool         `json:"decoded,omitempty"` // content coding was taken off
	Trailers []field      `json:"trailers,omitempty"`
	Faults   []fault      `json:"faults,omitempty"`
	Hidden   []text       `json:"hidden,omitempty"`
	Octets   []byte       `json:"octets,omitempty"` // the head
}

type fault struct {
	Kind   wire.FaultKind `json:"kind"`
	Offset int64          `json:"offset"`
	Field  text           `json:"field,omitempty"`
}

// evidence names the bits of wire.Evidence in their order.
var evidence = []string{
	"request", "request-content", "response", "content", "interim", "version", "reason",
	"framing", "trailers", "after", "end", "octets", "connection", "times",
}

// A text is a JSON string if it is UTF-8, else {"base64": "..."}: messages hold
// any octets, and none is lost.
type text string

func (t text) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(t)) {
		return json.Marshal(string(t))
	}
	b := []byte(`{"base64":"`)
	return append(base64.StdEncoding.AppendEncode(b, []byte(t)), `"}`...), nil
}

// A field is [name, value], and [name, null] if the value is withheld: what is
// redacted is not written, whatever it holds.
type field wire.Field

func (f field) MarshalJSON() ([]byte, error) {
	value := (*text)(&f.Value)
	if f.Redacted {
		value = nil
	}
	return json.Marshal([2]*text{(*text)(&f.Name), value})
}

func formOf(m *wire.Message) messageForm {
	f := messageForm{
		Framing: m.Framing, Length: m.Content.Length, Data: m.Content.Data,
		Complete: m.Content.Complete, Decoded: m.Content.Decoded, Octets: m.Octets,
	}
	if m.Version != (wire.Version{}) {
		f.Version = &[2]int{m.Version.Major, m.Version.Minor}
	}
	for i := range m.Fields {
		f.Fields = append(f.Fields, field(m.Fields[i]))
	}
	for i := range m.Trailers {
		f.Trailers = append(f.Trailers, field(m.Trailers[i]))
	}
	for _, x := range m.Faults {
		f.Faults = append(f.Faults, fault{x.Kind, x.Offset, text(x.Field)})
	}
	for _, name := range m.Hidden {
		f.Hidden = append(f.Hidden, text(name))
	}
	return f
}

func answerForm(p *wire.Response) journalAnswer {
	return journalAnswer{p.Status, text(p.Reason), formOf(&p.Message)}
}

// Append appends the exchange as one line of a journal, line end included.
func Append(b []byte, x *wire.Exchange) ([]byte, error) {
	q := &x.Request
	line := journalLine{
		Statute: journalVersion,
		Conn: journalConn{
			Protocol: x.Conn.Protocol, TLS: (*journalTLS)(x.Conn.TLS),
			EarlyData: x.Conn.EarlyData, Peer: x.Conn.Peer, Number: x.Conn.Number,
		},
		Request: journalMessage{text(q.Method), text(q.Target), text(q.Scheme), text(q.Authority), formOf(&q.Message)},
		After:   x.After, End: x.End, Took: x.Took,
		Seen:     []string{},
		Decision: journalDecision(x.Decision), Described: (*journalDescription)(x.Described),
	}
	for i := range x.Interim {
		line.Interim = append(line.Interim, answerForm(&x.Interim[i]))
	}
	if x.Final != nil {
		final := answerForm(x.Final)
		line.Final = &final
	}
	for i, name := range evidence {
		if x.Shows(1 << i) {
			line.Seen = append(line.Seen, name)
		}
	}
	if !x.Started.IsZero() {
		utc := x.Started.UTC()
		line.Started = &utc
	}
	buf := bytes.NewBuffer(b)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(&line)
	return buf.Bytes(), err
}
