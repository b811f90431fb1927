package house

import (
	"context"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/results"
	"github.com/statute-http/statute/site"
)

// exams are those that the site tells of and holds. A client that drives itself
// is given one order at a time, since it asks for one at a time. Cases that wait
// for time limits of its own are left out: somebody sits before it.
func (h *House) exams(c Config) site.Exams {
	cases := c.Cases
	if cases == nil {
		var err error
		if cases, err = (exam.Choice{}).Of(client.All); err != nil {
			panic(err) // a choice that names nothing picks all
		}
	}
	var ctx context.Context
	ctx, h.examine = context.WithCancel(context.Background())
	sheets, err := results.All()
	if err != nil {
		panic(err) // they are part of the program
	}
	return site.Exams{Sheets: sheets, Loop: client.NewLoop(ctx, func(ctx context.Context, d *client.Driven) *exam.Sheet {
		results := exam.Run(ctx, client.Plan(d, cases))
		return exam.NewSheet(exam.Client, d.About(), results, c.Lang)
	})}
}
