package subjects

import (
	"context"
	"errors"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/proxy"
	"github.com/statute-http/statute/exam/server"
	"github.com/statute-http/statute/lang"
)

// Cases are all that a role can be asked.
func Cases(role exam.Role) []exam.Case {
	if role == exam.Server {
		return server.All
	}
	return proxy.All
}

// AtOnce is how many cases are best asked at a time: most of an exam is waiting.
const AtOnce = 16

// Examine puts cases to the subject, so many at a time, over each protocol that
// it speaks.
func (r *Running) Examine(ctx context.Context, cases []exam.Case, atOnce int) (*exam.Sheet, error) {
	plan := exam.Plan{Cases: cases, Over: r.Over, Parallel: atOnce}
	if r.Server != nil {
		plan.Subject, plan.Can = r.Server, r.Server.Can()
	} else {
		plan.Subject, plan.Can = r.Proxy, r.Proxy.Can()
	}
	results := exam.Run(ctx, plan)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	select {
	case <-r.ended:
		return nil, errors.New("it ended in the middle of the exam: " + r.said.String())
	default:
	}
	return exam.NewSheet(r.Role, r.About(), results, lang.En), nil
}

// About says who it is, and how it was started and declared.
func (r *Running) About() exam.About {
	options := spread(r.declared)
	options["start"] = strings.Join(r.Subject.start, " ")
	return exam.About{Name: r.Name, Version: r.Version, Options: options}
}

// Declared are the role's own lines of it, by their first words and with the
// ports that it has now, over, and the address of a proxy.
func (r *Running) Declared() map[string]string {
	words := spread(r.places.fill(r.declared))
	var over []string
	for _, p := range r.Over {
		over = append(over, string(p))
	}
	words["over"] = strings.Join(over, ",")
	if r.Proxy != nil {
		words["address"] = r.Proxy.Address
	}
	return words
}

// spread takes lines apart, each by its first word.
func spread(lines string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(lines) {
		if what, words, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			all[what] = strings.TrimSpace(words)
		}
	}
	return all
}
