package site

import (
	"errors"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// maxForm bounds the switch's form, in octets.
const maxForm = 4096

// chooseLanguage keeps the language named by lang in the cookie that
// lang.OfRequest reads, and leads back to the page named by back.
func (s *site) chooseLanguage(w http.ResponseWriter, r *http.Request) *wire.Refusal {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	l, ok := lang.Parse(r.Form.Get("lang"))
	if !ok {
		return unknownLanguage()
	}
	http.SetCookie(w, &http.Cookie{
		Name: lang.Cookie, Value: string(l), Path: "/", MaxAge: 365 * 24 * 60 * 60,
		Secure: r.TLS != nil, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	// RFC 9110 §15.4.4: elsewhere there is something to GET, and the content
	// is a short note that links to it.
	to := localPath(r.Form.Get("back"))
	content := "<!doctype html>\n<html lang=\"" + string(l) + "\">\n<title>303</title>\n<p><a href=\"" +
		html.EscapeString(to) + "\">" + html.EscapeString(to) + "</a>\n</html>\n"
	h := w.Header()
	h.Set("Location", to)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(l))
	h.Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(http.StatusSeeOther)
	if r.Method != http.MethodHead {
		w.Write([]byte(content))
	}
	return nil
}

// localPath returns a path and query of this site, the index for anything that
// might lead elsewhere or that a browser might read otherwise than we do.
func localPath(back string) string {
	if len(back) > maxForm || !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") ||
		strings.ContainsFunc(back, func(c rune) bool { return c <= ' ' || c == '\\' || c >= 0x7f }) {
		return "/"
	}
	u, err := url.Parse(back)
	if err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, `\`) {
		return "/"
	}
	u.Fragment = ""
	return here(u)
}

// here returns the path and query of a page without the language, which the
// switch's cookie would otherwise never overrule.
func here(u *url.URL) string {
	query := u.Query()
	query.Del("lang")
	if len(query) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + query.Encode()
}

func unknownLanguage() *wire.Refusal {
	return &wire.Refusal{
		Status: http.StatusBadRequest, Gate: 14, Reason: "language-unknown", Spec: "RFC 9110 §15.5.1",
		Detail: lang.Text{
			En:   "Name one of the site's languages: lang=en or lang=zh-TW.",
			ZhTW: "請指定網站的其中一種語言：lang=en 或 lang=zh-TW。"},
	}
}

func badForm(err error) *wire.Refusal {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &wire.Refusal{
			Status: http.StatusRequestEntityTooLarge, Gate: 14, Reason: "content-too-large", Spec: "RFC 9110 §15.5.14", Close: true,
			Detail: lang.Text{
				En:   "The form has two fields, lang and back, and at most 4096 octets.",
				ZhTW: "這個表單只有 lang 與 back 兩個欄位，最多 4096 個位元組。"},
		}
	}
	return &wire.Refusal{
		Status: http.StatusBadRequest, Gate: 14, Reason: "form-unreadable", Spec: "RFC 9110 §15.5.1",
		Detail: lang.Text{
			En:   "The form could not be read. Send application/x-www-form-urlencoded with lang, and back if you like.",
			ZhTW: "無法讀取表單。請以 application/x-www-form-urlencoded 送出 lang，需要時加上 back。"},
	}
}
