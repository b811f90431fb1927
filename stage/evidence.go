package stage

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// carries: the answer has the field with exactly this value.
func carries(name, value string) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   fmt.Sprintf("%s is %s", name, value),
			ZhTW: fmt.Sprintf("%s 是 %s", name, value)},
		Check: func(x *wire.Exchange) error {
			if got := x.Answer().Fields.Get(name); got != value {
				return fmt.Errorf("%s is %q, want %q", name, got, value)
			}
			return nil
		},
	}
}

// hints: the first interim answer has the field with exactly this value.
func hints(name, value string) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   fmt.Sprintf("the interim answer's %s is %s", name, value),
			ZhTW: fmt.Sprintf("過渡回應的 %s 是 %s", name, value)},
		Check: func(x *wire.Exchange) error {
			if len(x.Interim) == 0 {
				return fmt.Errorf("no interim answer, want one with %s", name)
			}
			if got := x.Interim[0].Fields.Get(name); got != value {
				return fmt.Errorf("%s of the interim answer is %q, want %q", name, got, value)
			}
			return nil
		},
	}
}

// because: the answer's problem details give this gate and one of these reasons.
func because(gate int, reasons ...string) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   fmt.Sprintf("the problem's reason is %s, at gate %d", strings.Join(reasons, " or "), gate),
			ZhTW: fmt.Sprintf("問題說明的原因是 %s，位於第 %d 道關卡", strings.Join(reasons, " 或 "), gate)},
		Check: func(x *wire.Exchange) error {
			p, err := problemOf(x)
			if err != nil {
				return err
			}
			if !slices.Contains(reasons, p.Reason) || p.Gate != gate {
				return fmt.Errorf("the problem says gate %d, %s; want gate %d, %s", p.Gate, p.Reason, gate, strings.Join(reasons, " or "))
			}
			return nil
		},
	}
}

// marked: the request was refused for its Early-Data field. Which of the two
// reasons it is depends on the server that is played against: whether it knows
// the player's address for a gateway's.
var marked = because(6, "early-data-forwarded", "early-data-claimed")

// problem: the answer's problem details give this gate.
func problem(gate int) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   fmt.Sprintf("the problem was found at gate %d", gate),
			ZhTW: fmt.Sprintf("問題是在第 %d 道關卡發現的", gate)},
		Check: func(x *wire.Exchange) error {
			p, err := problemOf(x)
			if err == nil && p.Gate != gate {
				err = fmt.Errorf("the problem says gate %d, want %d", p.Gate, gate)
			}
			return err
		},
	}
}

// names: the problem's detail mentions the text, in either language.
func names(text string) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   "the explanation names " + text,
			ZhTW: "說明中點出 " + text},
		Check: func(x *wire.Exchange) error {
			p, err := problemOf(x)
			if err == nil && !strings.Contains(p.Detail, text) {
				err = fmt.Errorf("the explanation does not name %s: %s", text, p.Detail)
			}
			return err
		},
	}
}

// incident: the problem has an incident id and gives nothing of the cause away.
var incident = Evidence{
	Says: lang.Text{
		En:   "the problem has an incident id, and no word of what went wrong inside",
		ZhTW: "問題說明附有事件代號，但不洩漏內部出了什麼錯"},
	Check: func(x *wire.Exchange) error {
		p, err := problemOf(x)
		if err != nil {
			return err
		}
		if len(p.Incident) < 8 {
			return fmt.Errorf("the incident id is %q", p.Incident)
		}
		for _, inside := range []string{"goroutine", ".go:", "divide by zero"} {
			if strings.Contains(string(x.Answer().Content.Data), inside) {
				return fmt.Errorf("the answer gives %q away", inside)
			}
		}
		return nil
	},
}

// forPeople: the answer is a page that says what is wrong, and where to read more.
var forPeople = Evidence{
	Says: lang.Text{
		En:   "the content is a page for people, with a link to the page of the code",
		ZhTW: "內容是給人看的頁面，並有連結通往這個狀態碼的頁面"},
	Check: func(x *wire.Exchange) error {
		a := x.Answer()
		if got := a.Fields.Get("Content-Type"); got != "text/html; charset=utf-8" {
			return fmt.Errorf("the answer is %q, not a page", got)
		}
		for _, want := range []string{"<h1>" + a.Status.String() + " ", `<a href="/` + a.Status.String() + "#"} {
			if !strings.Contains(string(a.Content.Data), want) {
				return fmt.Errorf("the page has no %s: %.300s", want, a.Content.Data)
			}
		}
		return nil
	},
}

// reflects: the content is the request as the server received it, with this
// field line and without the other.
func reflects(field, secret string) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   fmt.Sprintf("the content is the request that came, with %q and without %s", field, secret),
			ZhTW: fmt.Sprintf("內容就是收到的請求，有 %q，沒有 %s", field, secret)},
		Check: func(x *wire.Exchange) error {
			a := x.Answer()
			if got := a.Fields.Get("Content-Type"); got != "message/http" {
				return fmt.Errorf("the answer is %q, not a message", got)
			}
			message := string(a.Content.Data)
			if !strings.HasPrefix(message, "TRACE ") || !strings.Contains(message, "\r\n"+field+"\r\n") || strings.Contains(message, secret) {
				return fmt.Errorf("the content is %q", message)
			}
			return nil
		},
	}
}

func problemOf(x *wire.Exchange) (wire.Problem, error) {
	a := x.Answer()
	p, err := wire.ReadProblem(&a.Message)
	if err == nil && p.Status != a.Status {
		err = fmt.Errorf("the problem says %d, the answer %d", p.Status, a.Status)
	}
	return p, err
}

// content: the answer's content is exactly this.
func content(text string) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   fmt.Sprintf("the content is %q", text),
			ZhTW: fmt.Sprintf("內容是 %q", text)},
		Check: func(x *wire.Exchange) error {
			if got := string(x.Answer().Content.Data); got != text {
				return fmt.Errorf("the content is %.60q, want %q", got, text)
			}
			return nil
		},
	}
}

// empty: no octet of content crossed the wire, and none came after the answer.
var empty = Evidence{
	Says: lang.Text{
		En:   "no octet follows the header section",
		ZhTW: "標頭區段之後沒有任何位元組"},
	Check: func(x *wire.Exchange) error {
		if n := x.Answer().Content.Length + int64(len(x.After)); n != 0 {
			return fmt.Errorf("%d octets follow the header section", n)
		}
		return nil
	},
}

// closes: the connection ends after the answer, and the answer says so.
var closes = Evidence{
	Says: lang.Text{
		En:   "the answer says Connection: close, and the connection closes",
		ZhTW: "回應寫明 Connection: close，連線也確實關閉"},
	Needs: over(wire.H1),
	Check: func(x *wire.Exchange) error {
		if !x.Answer().Fields.HasMember("Connection", "close") {
			return fmt.Errorf("Connection is %q", x.Answer().Fields.Get("Connection"))
		}
		if x.End != wire.EndClosed {
			return fmt.Errorf("the exchange ended %s, not closed", x.End)
		}
		return nil
	},
}

// withheld: the client sent nothing of the content before the server asked.
var withheld = Evidence{
	Says: lang.Text{
		En:   "not one octet of the content was sent before the 100",
		ZhTW: "在 100 之前，內容一個位元組也沒送出"},
	Check: func(x *wire.Exchange) error {
		if !slices.ContainsFunc(x.Interim, func(p wire.Response) bool { return p.Status == 100 }) {
			return fmt.Errorf("no 100 came")
		}
		return nil
	},
}

// parts: the answer is multipart/byteranges with exactly these parts.
func parts(texts ...string) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   fmt.Sprintf("the content has %d parts, each the octets that were asked for", len(texts)),
			ZhTW: fmt.Sprintf("內容有 %d 個部分，各是所要求的位元組", len(texts))},
		Check: func(x *wire.Exchange) error {
			a := x.Answer()
			media, params, err := mime.ParseMediaType(a.Fields.Get("Content-Type"))
			if err != nil || media != "multipart/byteranges" {
				return fmt.Errorf("Content-Type is %q", a.Fields.Get("Content-Type"))
			}
			r := multipart.NewReader(bytes.NewReader(a.Content.Data), params["boundary"])
			for i, want := range texts {
				part, err := r.NextPart()
				if err != nil {
					return fmt.Errorf("part %d: %w", i+1, err)
				}
				got, err := io.ReadAll(part)
				if err != nil || string(got) != want || part.Header.Get("Content-Range") == "" {
					return fmt.Errorf("part %d is %q with Content-Range %q", i+1, got, part.Header.Get("Content-Range"))
				}
			}
			if _, err := r.NextPart(); err != io.EOF {
				return fmt.Errorf("there is another part")
			}
			return nil
		},
	}
}

// waits: Retry-After is a number of seconds, at most this many.
func waits(most int) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   fmt.Sprintf("Retry-After says when to come back, within %d s", most),
			ZhTW: fmt.Sprintf("Retry-After 說明 %d 秒內何時可以再來", most)},
		Check: func(x *wire.Exchange) error {
			got := x.Answer().Fields.Get("Retry-After")
			if n, err := strconv.Atoi(got); err != nil || n < 0 || n > most {
				return fmt.Errorf("Retry-After is %q", got)
			}
			return nil
		},
	}
}

// has: the answer has the field, whatever its value.
func has(name string) Evidence {
	return Evidence{
		Says: lang.Text{En: "there is " + name, ZhTW: "有 " + name},
		Check: func(x *wire.Exchange) error {
			if !x.Answer().Fields.Has(name) {
				return fmt.Errorf("there is no %s", name)
			}
			return nil
		},
	}
}
