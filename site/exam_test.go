package site

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/lang"
)

// sheets are what two clients did, as results/ would have it.
var sheets = []*exam.Sheet{
	{Role: exam.Client, Subject: exam.About{Name: "kettle", Version: "1.0"}, Results: []exam.Entry{
		{Case: "1xx-103-then-200", Over: "h1", Verdict: exam.Fail, Detail: "It took the 103 for <final>."},
		{Case: "status-000-099", Over: "h1", Verdict: exam.Fail, Fetch: exam.Pass},
		{Case: "redirect-limit-20", Over: "h1", Verdict: exam.Value, Value: "20"},
		{Case: "206-part", Over: "h1", Verdict: exam.NA},
	}},
	{Role: exam.Client, Subject: exam.About{Name: "teapot"}, Results: []exam.Entry{
		{Case: "1xx-103-then-200", Over: "h1", Verdict: exam.Pass},
		{Case: "redirect-limit-20", Over: "h2", Verdict: exam.Value, Value: "20"},
	}},
	{Role: exam.Server, Subject: exam.About{Name: "samovar"}, Results: []exam.Entry{
		{Case: "allow-beside-405", Over: "h1", Verdict: exam.Fail, Detail: "405, and it lacks Allow."},
	}},
	{Role: exam.Proxy, Subject: exam.About{Name: "strainer"}, Results: []exam.Entry{
		{Case: "204-chunked", Over: "h1", Verdict: exam.Fail},
	}},
}

func askExam(t *testing.T, e Exams, method, target, from string, fields ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	r.RemoteAddr = from
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	New(Config{Exams: e}).ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

func TestExamPages(t *testing.T) {
	const home = "http://127.0.0.1:8080"
	for _, c := range []struct {
		target string
		lang   lang.Tag
		says   []string
	}{
		{"/103", lang.En, []string{`/exam#1xx-103-then-200`, `v-fail">fail</strong>`, "kettle", `v-pass">pass</strong>`, "teapot"}},
		{"/103", lang.ZhTW, []string{`v-fail">不通過</strong>`, "合法的做法"}},
		{"/302", lang.En, []string{`v-info">info: 20</strong>`, "kettle, teapot (h2)"}},
		{"/exam", lang.En, []string{`id="1xx-103-then-200"`, "Lawful:", "by the Fetch standard: pass", `href="/exam/results"`}},
		{"/exam/results", lang.En, []string{"kettle", "teapot", `title="It took the 103 for &lt;final&gt;."`, "info: 20"}},
		{"/405", lang.En, []string{`/exam/servers#allow-beside-405`, "samovar", "What servers are asked", "may long be repaired"}},
		{"/204", lang.ZhTW, []string{`/exam/proxies#204-chunked`, "strainer", "代理考題與實測結果", "可能早已修好"}},
		{"/exam/servers", lang.En, []string{`id="allow-beside-405"`, "samovar", `href="/exam/servers/results"`, `href="/exam/proxies"`, "statute exam server", "may long be repaired"}},
		{"/exam/proxies", lang.ZhTW, []string{`id="204-chunked"`, "strainer", "HTTP 代理考試"}},
		{"/exam/servers/results", lang.En, []string{"samovar", `title="405, and it lacks Allow."`, `href="/exam/servers#allow-beside-405"`}},
		{"/exam/proxies/results", lang.ZhTW, []string{"strainer", "真實代理的表現"}},
		{"/exam/results", lang.ZhTW, []string{"真實用戶端的表現", "不通過", "依 Fetch 標準：通過"}},
	} {
		resp, content := askExam(t, Exams{Sheets: sheets}, "GET", home+c.target, "127.0.0.1:4711", "Accept-Language", string(c.lang))
		if resp.StatusCode != 200 {
			t.Fatalf("%s: %s", c.target, resp.Status)
		}
		readPage(t, c.target, content)
		for _, want := range c.says {
			if !strings.Contains(content, want) {
				t.Errorf("%s in %s does not say %q", c.target, c.lang, want)
			}
		}
	}
	for _, of := range everyExam {
		_, content := askExam(t, Exams{Sheets: sheets}, "GET", home+of.Path, "127.0.0.1:4711", "Accept", "application/json")
		var d ExamDocument
		if err := json.Unmarshal([]byte(content), &d); err != nil || len(d.Cases) == 0 || d.Cases[0].Wants.ZhTW == "" {
			t.Errorf("%s as JSON: %v, %d cases", of.Path, err, len(d.Cases))
		}
		_, content = askExam(t, Exams{Sheets: sheets}, "GET", home+of.Path+"/results", "127.0.0.1:4711", "Accept", "application/json")
		var kept struct{ Sheets []exam.Sheet }
		if err := json.Unmarshal([]byte(content), &kept); err != nil || len(kept.Sheets) != len(of.sheets(sheets)) {
			t.Errorf("%s/results as JSON: %v, %d sheets", of.Path, err, len(kept.Sheets))
		}
	}
	if resp, _ := askExam(t, Exams{}, "GET", home+"/exam/browser", "127.0.0.1:4711"); resp.StatusCode != 404 {
		t.Errorf("without a loop the page for browsers answers %s", resp.Status)
	}
}

// Exams are held for visitors of this machine under a name of this machine.
func TestExamIsLocal(t *testing.T) {
	e := Exams{Loop: client.NewLoop(t.Context(), func(context.Context, *client.Driven) *exam.Sheet { return sheets[0] })}
	for _, c := range []struct {
		target, from string
		want         int
	}{
		{"http://127.0.0.1:8080/exam/next?agent=nobody", "127.0.0.1:4711", 404},
		{"http://localhost:8080/exam/next?agent=nobody", "[::1]:4711", 404},
		{"http://[::1]:8080/exam/loop.js", "[::1]:4711", 200},
		{"http://127.0.0.1:8080/exam/next?agent=nobody", "192.0.2.7:4711", 403},
		{"http://rebound.example:8080/exam/next?agent=nobody", "127.0.0.1:4711", 403},
		{"http://192.0.2.7/exam/loop.js", "127.0.0.1:4711", 403},
	} {
		if resp, content := askExam(t, e, "GET", c.target, c.from); resp.StatusCode != c.want {
			t.Errorf("%s from %s: %s %.200s, want %d", c.target, c.from, resp.Status, content, c.want)
		}
	}
	resp, content := askExam(t, e, "GET", "http://127.0.0.1:8080/exam/browser", "127.0.0.1:4711")
	if !strings.Contains(content, `id="exam-begin"`) || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "frame-src http://127.0.0.1:*") {
		t.Errorf("the page for browsers: %v %s", resp.Header, content)
	}
	for _, link := range readPage(t, "/exam/browser", content).links {
		if resp := get(t, link); strings.HasPrefix(link, "/static/") && resp.StatusCode != 200 {
			t.Errorf("the page for browsers loads %s, which answers %s", link, resp.Status)
		}
	}
	if _, content := askExam(t, e, "GET", "http://192.0.2.1/exam/browser", "192.0.2.7:4711"); strings.Contains(content, `id="exam-begin"`) {
		t.Error("a visitor from afar is offered an exam")
	}
}
