package catalogue

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/statute-http/statute/compat"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
)

// Of returns what is known of any integer in the place of a status code. An
// error is a mistake in the manual.
func Of(code status.Code) (Code, error) {
	m := status.Lookup(code)
	c := Code{Code: code, Registered: m.Entry != nil, Valid: code.Valid(), Class: code.Class().String(), TreatAs: m.TreatAs}
	for _, p := range m.Private {
		c.Private = append(c.Private, Private{p.Name, p.Users, lang.Text{En: p.En, ZhTW: p.ZhTW}})
	}
	for _, s := range stage.Of(code) {
		c.Scenes = append(c.Scenes, Scene{s.Name, s.Over, s.Cause})
	}
	c.Sceneless = stage.Sceneless[code]
	rules, _ := RulesOf(code)
	for _, r := range rules {
		c.Rules = append(c.Rules, Rule{r.Name, r.Level, r.Spec})
	}
	if m.Entry != nil {
		c.setFacts(m.Entry)
		if err := c.read(); err != nil {
			return Code{}, err
		}
		c.setBrowsers()
	}
	c.Links = linksOf(code, c.Specs)
	return c, nil
}

// RulesOf returns the rules that look at a code in particular, the gravest
// first, and how many look at every code.
func RulesOf(code status.Code) (its []lint.Rule, ofAll int) {
	for _, r := range lint.All {
		switch {
		case r.Codes == nil:
			ofAll++
		case slices.Contains(r.Codes, code):
			its = append(its, r)
		}
	}
	slices.SortStableFunc(its, func(a, b lint.Rule) int {
		return cmp.Compare(slices.Index(lint.Levels, a.Level), slices.Index(lint.Levels, b.Level))
	})
	return its, ofAll
}

func (c *Code) setFacts(e *status.Entry) {
	c.Name = lang.Text{En: e.Name, ZhTW: e.NameZhTW}
	c.OldNames, c.Specs, c.Topic, c.Maturity = e.OldNames, e.Specs, e.Topic, e.Maturity
	c.Appears, c.Content, c.Store, c.Repeat = e.Appears, e.Content, e.Store, e.Repeat
	for _, n := range e.Needs {
		c.Needs = append(c.Needs, Need{n.Field, n.Level, lang.Text{En: n.When, ZhTW: n.WhenZhTW}})
	}
}

// read sets what the code's page says: its first paragraph and the duties.
func (c *Code) read() error {
	en, err := manual.Page(c.Code, lang.En)
	if err != nil {
		return err
	}
	zh, err := manual.Page(c.Code, lang.ZhTW)
	if err != nil {
		return err
	}
	c.Summary = lang.Text{En: en.Summary, ZhTW: zh.Summary}
	inEn, err := en.Duties(lang.En)
	if err != nil {
		return err
	}
	inZh, err := zh.Duties(lang.ZhTW)
	if err != nil {
		return err
	}
	if len(inEn) != len(inZh) {
		return fmt.Errorf("the pages of %s have %d duties in English, %d in Chinese", c.Code, len(inEn), len(inZh))
	}
	for i, d := range inEn {
		c.Duties = append(c.Duties, Duty{d.Role, d.Levels, lang.Text{En: d.Text, ZhTW: inZh[i].Text}, d.Spec})
	}
	return nil
}

func (c *Code) setBrowsers() {
	for _, f := range compat.Of(c.Code) {
		if c.Browsers == nil {
			c.Browsers = &Browsers{Source: compat.Source()}
		}
		feature := Feature{Name: f.Name}
		for _, s := range f.Support {
			feature.Support = append(feature.Support, Support{s.Browser, s.Since, s.Flag, s.Note})
		}
		c.Browsers.Features = append(c.Browsers.Features, feature)
	}
}
