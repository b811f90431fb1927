package road

import (
	"bytes"
	"html/template"
	"net/http"
	"strconv"

	"github.com/statute-http/statute/lang"
)

// pageFill is what a page of the portal is filled with.
type pageFill struct {
	Link string // to the login
	To   string // where the client wanted to go
	Left int    // seconds that it may still pass
}

// page sends one of the portal's pages.
func (p *Portal) page(w http.ResponseWriter, r *http.Request, code int, page map[lang.Tag]*template.Template, fill pageFill) {
	l := lang.OfRequest(r, p.Lang)
	var b bytes.Buffer
	if err := page[l].Execute(&b, fill); err != nil {
		panic(err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(l))
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(code)
	w.Write(b.Bytes())
}

func pageIn(en, zhTW string) map[lang.Tag]*template.Template {
	return map[lang.Tag]*template.Template{
		lang.En:   template.Must(template.New("").Parse(en)),
		lang.ZhTW: template.Must(template.New("").Parse(zhTW)),
	}
}

// interceptedPage is the content of a 511 for people.
var interceptedPage = pageIn(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>511 Network Authentication Required</title>
<h1>You are not online yet</h1>
<p>This is not the page that you asked for. The network on the way to it wants you to agree to its terms first.</p>
<p><a id="login" href="{{.Link}}">Go to the login of the network</a></p>
</html>
`, `<!doctype html>
<html lang="zh-TW">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>511 需要通過網路驗證</title>
<h1>還沒有連上網際網路</h1>
<p>這不是你要的網頁。途中的網路要求你先同意使用條款。</p>
<p><a id="login" href="{{.Link}}">前往網路的登入頁</a></p>
</html>
`)

// loginPage is where a client agrees.
var loginPage = pageIn(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The network of the Statute lab</title>
<h1>The network of the Statute lab</h1>
{{if gt .Left 0 -}}
<p id="state">You are online, for {{.Left}} more seconds.</p>
{{else -}}
<p id="state">You are captive: whatever you ask for, the network answers.</p>
{{end -}}
<form method="post" action="/login">
<input type="hidden" name="to" value="{{.To}}">
<button name="terms" value="agree">I agree to drink tea</button>
<button name="terms" value="leave">Take me captive again</button>
</form>
</html>
`, `<!doctype html>
<html lang="zh-TW">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Statute 實驗室的網路</title>
<h1>Statute 實驗室的網路</h1>
{{if gt .Left 0 -}}
<p id="state">你已經連上網路，還可以使用 {{.Left}} 秒。</p>
{{else -}}
<p id="state">你被攔截了：不論要什麼，都由這個網路回應。</p>
{{end -}}
<form method="post" action="/login">
<input type="hidden" name="to" value="{{.To}}">
<button name="terms" value="agree">我同意喝茶</button>
<button name="terms" value="leave">重新被攔截</button>
</form>
</html>
`)
