package client_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/nethttp"
	"github.com/statute-http/statute/lang"
)

// A client that drives itself gets the verdicts that it gets when it is driven.
func TestLoop(t *testing.T) {
	cases, err := exam.Choice{Names: []string{"redirect-30*", "1xx-103-reuse", "status-000-099"}}.Of(client.All)
	if err != nil {
		t.Fatal(err)
	}
	conduct := func(ctx context.Context, s client.Subject) *exam.Sheet {
		return exam.NewSheet(exam.Client, s.About(), exam.Run(ctx, exam.Plan{Cases: cases, Subject: s, Can: s.Can()}), lang.En)
	}
	loop := client.NewLoop(t.Context(), func(ctx context.Context, d *client.Driven) *exam.Sheet { return conduct(ctx, d) })
	var agent string // one request at a time comes
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agent = r.URL.Query().Get("agent")
		loop.ServeHTTP(w, r)
	}))
	defer server.Close()
	spy := &spying{Subject: nethttp.New()}
	if err := client.Drive(t.Context(), server.URL, spy); err != nil {
		t.Fatal(err)
	}
	sheet, ok := loop.Sheet(agent)
	if !ok || sheet == nil {
		t.Fatalf("there is no sheet of the agent %q", agent)
	}
	direct := conduct(t.Context(), nethttp.New())
	if len(sheet.Results) != len(direct.Results) || sheet.Subject.Name != "go-net-http" {
		t.Fatalf("%d results of %s, want %d", len(sheet.Results), sheet.Subject.Name, len(direct.Results))
	}
	for i, e := range sheet.Results {
		if want := direct.Results[i]; e.Verdict != want.Verdict || e.Value != want.Value || e.Fetch != want.Fetch {
			t.Errorf("%s: %s %s (%s), driven by us %s %s", e.Case, e.Verdict, e.Value, e.Detail, want.Verdict, want.Value)
		}
	}
	if spy.ended == 0 {
		t.Error("the client was never told that a session is over")
	}
	if answer, err := http.Get(server.URL + "/exam/sheet?agent=" + agent); err != nil {
		t.Error(err)
	} else if got, err := exam.ReadSheet(answer.Body); err != nil || len(got.Results) != len(sheet.Results) {
		t.Errorf("/exam/sheet: %v, %v", got, err)
	}
}

type spying struct {
	*nethttp.Subject
	ended int
}

func (s *spying) End(session string) { s.ended++; s.Subject.End(session) }

// What does not belong is refused, and the number of exams has a bound.
func TestLoopRefuses(t *testing.T) {
	under, over := context.WithCancel(t.Context())
	loop := client.NewLoop(t.Context(), func(ctx context.Context, _ *client.Driven) *exam.Sheet { <-under.Done(); return &exam.Sheet{} })
	loop.Most = 2
	server := httptest.NewServer(loop)
	defer server.Close()
	defer over()
	const greeting = `{"hello":1,"subject":"tea"}`
	for i, c := range []struct {
		method, path, media, content string
		want                         int
	}{
		{"POST", "/exam/hello", "text/plain", greeting, 415},
		{"POST", "/exam/hello", "application/json", `{`, 400},
		{"POST", "/exam/hello", "application/json", `{"hello":2,"subject":"tea"}`, 400},
		{"POST", "/exam/hello", "application/json", `{"hello":1,"subject":"` + strings.Repeat("t", 20<<10) + `"}`, 413},
		{"GET", "/exam/hello", "", "", 405},
		{"GET", "/exam/next?agent=nobody", "", "", 404},
		{"POST", "/exam/result?agent=nobody", "application/json", `{}`, 404},
		{"GET", "/exam/sheet?agent=nobody", "", "", 404},
		{"GET", "/exam/else", "", "", 404},
		{"POST", "/exam/hello", "application/json", greeting, 200},
		{"POST", "/exam/hello", "application/json", greeting, 200},
		{"POST", "/exam/hello", "application/json", greeting, 503},
	} {
		q, err := http.NewRequest(c.method, server.URL+c.path, strings.NewReader(c.content))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Content-Type", c.media)
		answer, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		said, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != c.want {
			t.Errorf("%d: %s %s: %s %s, want %d", i, c.method, c.path, answer.Status, said, c.want)
		}
		if c.want == 503 && answer.Header.Get("Retry-After") == "" {
			t.Error("503 without Retry-After")
		}
	}
}
