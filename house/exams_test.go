package house_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/house"
)

// A visitor examines his own browser on the page for that, under the site's
// strict policy, and is shown what came of it.
func TestOwnBrowser(t *testing.T) {
	cases, err := exam.Choice{Names: []string{"redirect-307-post", "redirect-limit-20", "status-000-099", "101-ws-bad-accept", "expect-100-happy"}}.Of(client.All)
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowserIn(t, house.Config{Cases: cases})
	v := b.visit(t)
	v.to("/exam/browser")
	v.do(click("#exam-begin"), visible("table.results"))
	v.says("h1", "What your client did")
	v.says("table.results", "Chrome")
	for name, says := range map[string]string{"redirect-307-post": "pass", "redirect-limit-20": "info: 20", "101-ws-bad-accept": "pass", "status-000-099": "by the Fetch standard: pass"} {
		row := find[string](v, `[...document.querySelectorAll("tr")].find((r) => r.textContent.includes("`+name+`"))?.textContent ?? ""`)
		if !strings.Contains(row, says) {
			t.Errorf("%s: the page says %q, not %q", name, row, says)
		}
	}
	sheet, err := http.Get(find[string](v, `document.querySelector("a[download]").href`))
	if err != nil {
		t.Fatal(err)
	}
	defer sheet.Body.Close()
	if s, err := exam.ReadSheet(sheet.Body); err != nil || len(s.Results) != len(cases) || s.Subject.Name != "Chrome" {
		t.Errorf("the sheet: %v, %+v", err, s)
	}
	// The console tells of the cases' faults too; of the site's policy it may not.
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, message := range v.messages {
		if strings.Contains(message, "Content Security Policy") {
			t.Errorf("the console says: %s", message)
		}
	}
}
