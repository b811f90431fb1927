package stage

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

var target = []Scene{
	{
		Code: 404, Name: "never-stored",
		Cause: lang.Text{
			En:   "Nothing was ever stored under that name.",
			ZhTW: "這個名稱底下從來沒有存過東西。"},
		Cue: []Step{{Method: "GET", Path: "/lab/depot/{nonce}", Status: 404,
			Evidence: []Evidence{because(8, "no-such-resource")}}},
		Control: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 201},
			{Method: "GET", Path: "/lab/depot/{nonce}", Status: 200, Evidence: []Evidence{content("tea")}},
		},
		Differs: lang.Text{
			En:   "The name was stored before it is asked for.",
			ZhTW: "詢問之前先以這個名稱存入內容。"},
		Over: everywhere,
	},
	{
		Code: 405, Name: "delete-a-fixed-page",
		Cause: lang.Text{
			En:   "The lab implements DELETE, but this page cannot be deleted.",
			ZhTW: "實驗室實作了 DELETE，但這一頁不能刪除。"},
		Cue: []Step{{Method: "DELETE", Path: "/lab/page", Status: 405,
			Evidence: []Evidence{because(9, "method-not-allowed"), carries("Allow", "GET, HEAD, OPTIONS")}}},
		Control: []Step{{Method: "GET", Path: "/lab/page", Status: 200}},
		Differs: lang.Text{
			En:   "The method is one of those in Allow.",
			ZhTW: "方法換成 Allow 列出的其中一個。"},
		Over: everywhere,
	},
	{
		Code: 501, Name: "unknown-method",
		Cause: lang.Text{
			En:   "No resource of this server implements the method FROTH.",
			ZhTW: "本伺服器沒有任何資源實作 FROTH 這個方法。"},
		Cue: []Step{{Method: "FROTH", Path: "/lab/page", Status: 501,
			Evidence: []Evidence{because(5, "method-unknown")}}},
		Control: []Step{{Method: "GET", Path: "/lab/page", Status: 200}},
		Differs: lang.Text{
			En:   "The method is one that the server knows.",
			ZhTW: "方法換成伺服器認得的。"},
		Over: everywhere,
	},
	{
		Code: 501, Name: "unknown-transfer-coding",
		Cause: lang.Text{
			En:   "The content is in a transfer coding that this server does not implement.",
			ZhTW: "內容使用了本伺服器沒有實作的傳輸編碼。"},
		Cue: []Step{{
			Octets: "PUT /lab/depot/{nonce} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\ntea\r\n0\r\n\r\n",
			Status: 501, Evidence: []Evidence{because(1, "unknown-transfer-coding"), closes}}},
		Control: []Step{{
			Octets: "PUT /lab/depot/{nonce} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntea\r\n0\r\n\r\n",
			Status: 201}},
		Differs: lang.Text{
			En:   "The coding is chunked alone.",
			ZhTW: "傳輸編碼只有 chunked。"},
		Over: over(wire.H1),
		Only: lang.Text{
			En:   "Transfer codings exist in HTTP/1.1 alone (RFC 9113 §8.2.2, RFC 9114 §4.1).",
			ZhTW: "只有 HTTP/1.1 有傳輸編碼（RFC 9113 §8.2.2、RFC 9114 §4.1）。"},
	},
}

// notFound: RFC 9110 §15.5.5, no current representation.
func notFound() *wire.Refusal {
	return &wire.Refusal{
		Status: 404, Gate: 8, Reason: "no-such-resource", Spec: "RFC 9110 §15.5.5",
		Detail: lang.Text{
			En:   "There is nothing at this URI now. It may come to be, or may have been.",
			ZhTW: "這個 URI 目前沒有任何東西；以後可能會有，也可能曾經有過。"},
	}
}

// notAllowed: RFC 9110 §15.5.6, with the methods that are allowed in Allow.
func notAllowed(allow []string) *wire.Refusal {
	methods := strings.Join(allow, ", ")
	return &wire.Refusal{
		Status: 405, Gate: 9, Reason: "method-not-allowed", Spec: "RFC 9110 §15.5.6",
		Detail: lang.Text{
			En:   "The server implements this method, but this resource does not allow it. It allows " + methods + ".",
			ZhTW: "伺服器實作了這個方法，但這個資源不允許使用。允許的有：" + methods + "。"},
		Fields: field("Allow", methods),
	}
}

// newPage is a document that is always there.
func newPage() *resource {
	const page = `<!doctype html>
<html lang="zh-TW">
<title>Statute lab</title>
<p>這一頁一直都在。
<p lang="en">This page is always here.
</html>
`
	since := time.Now()
	return &resource{
		allow: []string{"GET", "HEAD", "OPTIONS"},
		handle: func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			serveContent(w, r, since, page)
			return nil
		},
	}
}

// serveContent answers GET and HEAD with the content, its validators, and the
// ranges and conditions that net/http knows.
func serveContent(w http.ResponseWriter, r *http.Request, modified time.Time, text string) {
	w.Header().Set("ETag", entityTag(text))
	http.ServeContent(w, r, "", modified, io.NewSectionReader(strings.NewReader(text), 0, int64(len(text))))
}
