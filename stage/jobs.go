package stage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/statute-http/statute/origin"
)

// A job is tea that steeps. What the world remembers of it is when it was begun
// and how long it takes, so that a server that was restarted in between knows
// as much of it as one that was not.
type job struct {
	Steep   string    `json:"steep"`
	Seconds float64   `json:"seconds"`
	Begun   time.Time `json:"begun,omitzero"`
}

func (j job) ready() time.Time {
	return j.Begun.Add(time.Duration(j.Seconds * float64(time.Second)))
}

// patience is how long a request for a job waits for its end, if it does not
// prefer to be answered at once.
const patience = 5 * time.Second

// jobs takes work in, and lets its state be watched and its result be fetched.
func (p *plan) jobs(w *origin.World, parts []string) *origin.Node {
	switch {
	case len(parts) == 2 && parts[1] == "":
		return &origin.Node{
			Policy: origin.Policy{Allow: taking, Takes: []string{"application/json"}, Most: 4 << 10, Valid: validJob},
			Act: func(ctx context.Context, r *http.Request, content []byte) (*origin.Outcome, error) {
				return beginJob(ctx, w, r, content)
			},
		}
	case len(parts) == 2 || len(parts) == 3 && parts[2] == "result":
		return p.watch(w, parts[1], len(parts) == 3)
	}
	return nothing()
}

func validJob(_ string, content []byte) *origin.Invalid {
	var j job
	if err := json.Unmarshal(content, &j); err != nil {
		return notJSON(err)
	}
	switch {
	case j.Steep == "" || len(j.Steep) > 100:
		return &origin.Invalid{Member: "steep", Why: "name a tea", WhyZhTW: "請寫出茶名"}
	case j.Seconds < 0 || j.Seconds > 600:
		return &origin.Invalid{Member: "seconds", Why: "0 to 600", WhyZhTW: "0 到 600"}
	}
	return nil
}

func beginJob(ctx context.Context, w *origin.World, r *http.Request, content []byte) (*origin.Outcome, error) {
	var j job
	json.Unmarshal(content, &j) // validJob has read it
	j.Begun = time.Now().UTC()
	async, wait := origin.Async(r.Header)
	if !async {
		wait = patience
	}
	// RFC 7240 §4.3: work that ends within the time is answered with its result.
	if until := time.Until(j.ready()); until <= wait && !(async && wait == 0) {
		select {
		case <-time.After(until):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return origin.Done("text/plain; charset=utf-8", j.result()), nil
	}
	id := newWorldID()
	if err := w.Note(ctx, "job."+id, string(asJSON(j)), fetched); err != nil {
		return nil, room(err)
	}
	monitor := w.Prefix + "/jobs/" + id
	return origin.Accepted(monitor, "application/json", asJSON(map[string]string{"state": "running", "monitor": monitor})), nil
}

// fetched reports whether a job was over so long ago that whoever wanted its
// result has it.
func fetched(_, text string) bool {
	var j job
	return json.Unmarshal([]byte(text), &j) != nil || time.Since(j.ready()) > 10*time.Minute
}

func (j job) result() []byte { return fmt.Appendf(nil, "%s, steeped for %gs\n", j.Steep, j.Seconds) }

// watch is the monitor of a job, and its result.
func (p *plan) watch(w *origin.World, id string, result bool) *origin.Node {
	n := &origin.Node{Policy: origin.Policy{Allow: readable}}
	n.Look = func(ctx context.Context) (*origin.Look, error) {
		text, err := w.Noted(ctx, "job."+id)
		if err != nil || text == "" {
			return nil, err
		}
		var j job
		if err := json.Unmarshal([]byte(text), &j); err != nil {
			return nil, fmt.Errorf("job %s is damaged: %w", id, err)
		}
		left := time.Until(j.ready())
		switch {
		case left > 0 && result:
			return nil, nil // no result yet
		case left > 0:
			return &origin.Look{Type: "application/json", Content: asJSON(map[string]string{"state": "running"}),
				Fields: field("Retry-After", strconv.Itoa(int(left/time.Second)+1))}, nil
		case result:
			return &origin.Look{Type: "text/plain; charset=utf-8", Content: j.result()}, nil
		}
		return &origin.Look{SeeOther: w.Prefix + "/jobs/" + id + "/result"}, nil
	}
	return n
}
