package stage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/wire"
)

// orders is a collection that takes orders as JSON and names them itself.
func (p *plan) orders(w *origin.World, parts []string) *origin.Node {
	switch {
	case len(parts) == 2 && parts[1] == "":
		return &origin.Node{
			Policy: origin.Policy{Allow: taking, Takes: []string{"application/json"}, Most: 64 << 10, Valid: validOrder},
			Act: func(ctx context.Context, r *http.Request, content []byte) (*origin.Outcome, error) {
				uri, err := w.Created(ctx, "/orders/", "application/json", bytes.NewReader(content), 64<<10)
				if err != nil {
					return nil, room(err)
				}
				return origin.Created(uri, "application/json", asJSON(map[string]string{"order": uri})), nil
			},
		}
	case len(parts) == 2:
		return &origin.Node{Policy: origin.Policy{
			Allow:   []string{http.MethodGet, http.MethodHead, http.MethodPatch, http.MethodDelete, http.MethodOptions},
			Patches: []string{origin.MergePatch, origin.JSONPatch}, Most: 64 << 10, Valid: validOrder,
		}}
	}
	return nothing()
}

// validOrder: an order names a tea and an amount of it.
func validOrder(_ string, content []byte) *origin.Invalid {
	var order struct {
		Tea    *string  `json:"tea"`
		Litres *float64 `json:"litres"`
	}
	if err := json.Unmarshal(content, &order); err != nil {
		return notJSON(err)
	}
	switch {
	case order.Tea == nil || *order.Tea == "":
		return &origin.Invalid{Member: "tea", Why: "name one", WhyZhTW: "請寫出茶名"}
	case order.Litres == nil || *order.Litres <= 0 || *order.Litres > 1000:
		return &origin.Invalid{Member: "litres", Why: "more than 0, at most 1000", WhyZhTW: "要大於 0，最多 1000"}
	}
	return nil
}

// tally is a form for entering many things one after the other.
func (p *plan) tally(w *origin.World, parts []string) *origin.Node {
	switch {
	case len(parts) == 1:
		n := p.fixed("text/html; charset=utf-8", tallyForm)
		n.Allow = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions}
		n.Takes = []string{"application/x-www-form-urlencoded"}
		n.Most, n.Valid = 64<<10, validTally
		n.Act = func(ctx context.Context, r *http.Request, content []byte) (*origin.Outcome, error) {
			form, _ := url.ParseQuery(string(content)) // validTally has read it
			uri, err := w.Created(ctx, "/tally/", "text/plain; charset=utf-8", strings.NewReader(form.Get("item")+"\n"), 64<<10)
			if err != nil {
				return nil, room(err)
			}
			if form.Get("again") != "" {
				return origin.Reset(), nil
			}
			return origin.Elsewhere(uri), nil
		}
		return n
	case len(parts) == 2 && parts[1] != "":
		return &origin.Node{Policy: origin.Policy{Allow: readable}}
	}
	return nothing()
}

// tallyForm works in every browser, and better with its script: browsers that
// were looked at keep the form as it is after a 205 (Chromium 156, measured), so
// the script does what RFC 9110 §15.3.6 would have the user agent do.
var tallyForm = `<!doctype html>
<html lang="zh-TW">
<title>Tally</title>
<form method="post" action="tally">
<p><label>品項 <span lang="en">Item</span> <input name="item"></label>
<p><label><input type="checkbox" name="again" value="yes" checked> 繼續輸入下一筆 <span lang="en">then another</span></label>
<p><button>送出 <span lang="en">Send</span></button>
<p><output></output>
</form>
<script>` + tallyScript + `</script>
</html>
`

const tallyScript = `
const form = document.querySelector("form"), says = form.querySelector("output");
form.addEventListener("submit", async (event) => {
  if (!form.again.checked) return; // the browser follows a 303 by itself
  event.preventDefault();
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (answer.status === 205) {
    form.reset();
    says.value = "205 Reset Content";
  } else {
    says.value = answer.status + " " + (await answer.json()).detail;
  }
  form.item.focus();
});
`

// tallyPolicy lets this one script run, and it alone.
var tallyPolicy = func() string {
	sum := sha256.Sum256([]byte(tallyScript))
	return "default-src 'none'; sandbox allow-forms allow-scripts; form-action 'self'; connect-src 'self'; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

func validTally(_ string, content []byte) *origin.Invalid {
	form, err := url.ParseQuery(string(content))
	switch {
	case err != nil:
		return &origin.Invalid{Malformed: true, Why: err.Error(), WhyZhTW: "不是表單格式（" + err.Error() + "）"}
	case strings.TrimSpace(form.Get("item")) == "":
		return &origin.Invalid{Member: "item", Why: "name one", WhyZhTW: "請填寫品項"}
	}
	return nil
}

// move is what POST to /moves takes.
type move struct {
	From       string  `json:"from"`
	To         string  `json:"to"`
	Permanent  bool    `json:"permanent"`
	KeepMethod bool    `json:"keep-method"`
	Seconds    float64 `json:"seconds"`
}

// moves renames documents and leaves forwarding records.
func (p *plan) moves(w *origin.World) *origin.Node {
	return &origin.Node{
		Policy: origin.Policy{Allow: taking, Takes: []string{"application/json"}, Most: 64 << 10, Valid: func(_ string, content []byte) *origin.Invalid {
			var m move
			if err := json.Unmarshal(content, &m); err != nil {
				return notJSON(err)
			}
			for member, path := range map[string]string{"from": m.From, "to": m.To} {
				if !strings.HasPrefix(path, w.Prefix+"/depot/") || strings.Count(path, "/") != strings.Count(w.Prefix, "/")+2 {
					return &origin.Invalid{Member: member, Why: "a document of " + w.Prefix + "/depot/", WhyZhTW: "要是 " + w.Prefix + "/depot/ 裡的文件"}
				}
			}
			if !m.Permanent && (m.Seconds <= 0 || m.Seconds > 3600) {
				return &origin.Invalid{Member: "seconds", Why: "how long the move lasts, up to 3600", WhyZhTW: "搬移持續多久，最多 3600"}
			}
			return nil
		}},
		Act: func(ctx context.Context, r *http.Request, content []byte) (*origin.Outcome, error) {
			var m move
			json.Unmarshal(content, &m) // Valid has read it
			err := w.Move(ctx, m.From, m.To, m.Permanent, m.KeepMethod, time.Duration(m.Seconds*float64(time.Second)))
			if errors.Is(err, origin.ErrNoDocument) || errors.Is(err, origin.ErrTaken) {
				return nil, conflict(err)
			}
			if err != nil {
				return nil, room(err)
			}
			return origin.Created(m.To, "application/json", asJSON(m)), nil
		},
	}
}

// conflict: RFC 9110 §15.5.10, the state of the target does not allow it.
func conflict(err error) *wire.Refusal {
	return &wire.Refusal{
		Status: 409, Gate: 15, Reason: "conflict", Spec: "RFC 9110 §15.5.10",
		Detail: lang.Text{
			En:   "The lab's present state does not allow it: " + err.Error() + ".",
			ZhTW: "實驗室目前的狀態不允許：" + err.Error() + "。"},
	}
}

// room makes a world that is full a 507.
func room(err error) error {
	if !errors.Is(err, origin.ErrNoRoom) {
		return err
	}
	return &wire.Refusal{
		Status: 507, Gate: 15, Reason: "quota", Spec: "RFC 4918 §11.5",
		Detail: lang.Text{
			En:   "There is no room left in this world. Remove something first.",
			ZhTW: "這個世界沒有空間了。請先移除一些東西。"},
	}
}

func asJSON(v any) []byte {
	octets, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encode %T: %v", v, err)) // our own types encode
	}
	return append(octets, '\n')
}
