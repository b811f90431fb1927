package peer

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// printed is how many octets of a message's content Print shows.
const printed = 2 << 10

// Print writes an exchange for people to read: lines of the request after ">",
// lines of the answers after "<", remarks after "*". HTTP/1.1 heads stand as
// they crossed the wire; h2 and h3 messages as one line a field, pseudo-fields
// first. What could move a terminal's cursor or reorder its text is written as
// an escape, so that what is read is what was sent; only CR LF at the end of a
// line shows as the end of a line.
func Print(w io.Writer, x *wire.Exchange, l lang.Tag) error {
	p := &printer{l: l}
	p.request(x)
	for i := range x.Interim {
		p.response(x.Conn.Protocol, &x.Interim[i])
	}
	if x.Final != nil {
		p.response(x.Conn.Protocol, x.Final)
	} else {
		p.note(noFinal)
	}
	if len(x.After) > 0 {
		p.note(after, len(x.After))
		p.text("<", x.After)
	}
	if says, ok := ends[x.End]; ok {
		p.note(says)
	}
	_, err := w.Write(p.b.Bytes())
	return err
}

var (
	noFinal  = lang.Text{En: "no final answer", ZhTW: "沒有最終回應"}
	after    = lang.Text{En: "%d octets after the answer that belong to no answer:", ZhTW: "回應之後多出 %d 位元組，不屬於任何回應："}
	more     = lang.Text{En: "%d more octets of content", ZhTW: "內容另有 %d 位元組未顯示"}
	cut      = lang.Text{En: "the content is not complete", ZhTW: "內容不完整"}
	faulty   = lang.Text{En: "fault: %s", ZhTW: "錯誤：%s"}
	withheld = lang.Text{En: "(withheld)", ZhTW: "（已隱藏）"}
	trailers = lang.Text{En: "trailers:", ZhTW: "尾段欄位："}
)

var ends = map[wire.End]lang.Text{
	wire.EndKept:    {En: "the connection stays open", ZhTW: "連線保持開啟"},
	wire.EndClosed:  {En: "the server closed the connection", ZhTW: "伺服器關閉了連線"},
	wire.EndCut:     {En: "the connection ended before the answer was complete", ZhTW: "回應還沒結束，連線就中斷了"},
	wire.EndReset:   {En: "the server reset the connection or the stream", ZhTW: "伺服器重設了連線或串流"},
	wire.EndSilent:  {En: "nothing more came in the time allowed", ZhTW: "逾時：在等待時間內沒有再收到任何資料"},
	wire.EndTunnel:  {En: "the connection went over to another protocol", ZhTW: "連線轉為另一種通訊協定"},
	wire.EndRefused: {En: "the server refused to process the request", ZhTW: "伺服器拒絕處理這個請求"},
}

type printer struct {
	b bytes.Buffer
	l lang.Tag
}

func (p *printer) note(says lang.Text, args ...any) {
	fmt.Fprintf(&p.b, "* "+says.In(p.l)+"\n", args...)
}

func (p *printer) request(x *wire.Exchange) {
	q := &x.Request
	switch {
	case !x.Shows(wire.ShowsRequest):
		return
	case q.Octets != nil:
		p.text(">", q.Octets)
	case x.Conn.Protocol == wire.H1:
		p.text(">", wire.AppendRequestLine(nil, q.Method, q.Target, q.Version))
		p.fields(">", q.Fields)
		p.line(">", "")
	default:
		extended := q.Fields.Has(":protocol")
		p.pseudo(">", ":method", q.Method)
		if q.Method != "CONNECT" || extended {
			p.pseudo(">", ":scheme", q.Scheme)
		}
		p.pseudo(">", ":authority", q.Authority)
		if q.Method != "CONNECT" || extended {
			p.pseudo(">", ":path", q.Target)
		}
		p.fields(">", q.Fields)
		p.line(">", "")
	}
	p.content(">", &q.Message)
}

func (p *printer) response(protocol wire.Protocol, r *wire.Response) {
	switch {
	case r.Octets != nil:
		p.text("<", r.Octets)
	case protocol == wire.H1 && r.Status != 0:
		p.text("<", wire.AppendStatusLine(nil, r.Version, r.Status, r.Reason))
		p.fields("<", r.Fields)
		p.line("<", "")
	case protocol != wire.H1:
		if r.Status != 0 {
			p.pseudo("<", ":status", r.Status.String())
		}
		p.fields("<", r.Fields)
		p.line("<", "")
	}
	p.content("<", &r.Message)
}

func (p *printer) pseudo(mark, name, value string) {
	if value != "" {
		p.line(mark, name+": "+value)
	}
}

func (p *printer) fields(mark string, fields wire.Fields) {
	for _, f := range fields {
		value := f.Value
		if f.Redacted {
			value = withheld.In(p.l)
		}
		switch f.Name {
		case "": // a line whose name was not readable
			p.line(mark, value)
		default:
			p.line(mark, f.Name+": "+value)
		}
	}
}

func (p *printer) content(mark string, m *wire.Message) {
	data := m.Content.Data[:min(len(m.Content.Data), printed)]
	if len(data) > 0 {
		p.text(mark, data)
	}
	if rest := m.Content.Length - int64(len(data)); rest > 0 {
		p.note(more, rest)
	}
	if !m.Content.Complete && m.Content.Length > 0 && m.Framing != wire.FramedTunnel {
		p.note(cut)
	}
	if len(m.Trailers) > 0 {
		p.note(trailers)
		p.fields(mark, m.Trailers)
	}
	for _, f := range m.Faults {
		says := sayFault(f.Kind, p.l)
		if f.Field != "" {
			says += " (" + f.Field + ")"
		}
		p.note(faulty, wire.Printable(says))
	}
}

// text writes octets line by line.
func (p *printer) text(mark string, octets []byte) {
	s := strings.TrimSuffix(string(octets), "\n")
	ended := len(s) < len(octets)
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		terminated := i < len(lines)-1 || ended
		if bare, ok := strings.CutSuffix(line, "\r"); ok && terminated {
			line = bare
		} else if terminated && bytes.Contains(octets, []byte("\r\n")) {
			p.b.WriteString(mark + " " + wire.Printable(line) + "\\n\n") // a bare LF among CR LFs
			continue
		}
		p.line(mark, line)
	}
}

func (p *printer) line(mark, line string) {
	p.b.WriteString(strings.TrimRight(mark+" "+wire.Printable(line), " "))
	p.b.WriteByte('\n')
}
