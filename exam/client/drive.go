package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// Drive is the other end of a [Loop]: it makes a client that drives itself of a
// subject that is part of this program. base is where the loop is, such as
// "http://127.0.0.1:8099". It returns when the exam is over.
func Drive(ctx context.Context, base string, subject Sessioned) error {
	var admitted struct{ Agent string }
	if err := speak(ctx, http.MethodPost, base+"/exam/hello", helloOf(subject), &admitted); err != nil {
		return fmt.Errorf("greet the exam: %w", err)
	}
	agent := "?agent=" + url.QueryEscape(admitted.Agent)
	for {
		var m *toAdapter
		if err := speak(ctx, http.MethodGet, base+"/exam/next"+agent, nil, &m); err != nil {
			return fmt.Errorf("ask for the next order: %w", err)
		}
		switch {
		case m == nil:
			return nil
		case m.End != "":
			subject.End(m.End)
		case m.ID != 0:
			o := m.order()
			r := subject.Continue(ctx, m.Session, &o)
			// A report that nobody waits for any more is no fault of the client's.
			if err := speak(ctx, http.MethodPost, base+"/exam/result"+agent, reportTo(m.ID, &r), nil); err != nil {
				return fmt.Errorf("report: %w", err)
			}
		}
	}
}

// speak sends one request of the loop's; without content in the answer, into is
// left as it is.
func speak(ctx context.Context, method, url string, content, into any) error {
	var body io.Reader
	if content != nil {
		octets, err := json.Marshal(content)
		if err != nil {
			return err
		}
		body = bytes.NewReader(octets)
	}
	q, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return err
	}
	if content != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	octets, err := io.ReadAll(io.LimitReader(answer.Body, maxLine))
	switch {
	case err != nil:
		return err
	case answer.StatusCode == http.StatusNoContent, answer.StatusCode == http.StatusConflict:
		return nil
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("%s: %.200s", answer.Status, octets)
	case into == nil:
		return nil
	}
	return json.Unmarshal(octets, into)
}
