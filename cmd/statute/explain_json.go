package main

import (
	"encoding/json"
	"errors"
	"io/fs"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/status"
)

// A codeObject is what explain --json prints of a code. Its shape is a promise,
// told in the help of the verb: members may be added, none renamed or removed.
type codeObject struct {
	Code       status.Code     `json:"code"`
	Registered bool            `json:"registered"`
	Class      string          `json:"class,omitempty"`
	TreatAs    status.Code     `json:"treat_as"`
	Name       *textObject     `json:"name,omitempty"`
	OldNames   []string        `json:"old_names,omitempty"`
	Specs      []string        `json:"specs,omitempty"`
	Topic      status.Topic    `json:"topic,omitempty"`
	Maturity   status.Maturity `json:"maturity,omitempty"`
	Appears    status.Appears  `json:"appears,omitempty"`
	Content    status.Content  `json:"content,omitempty"`
	Store      status.Store    `json:"store,omitempty"`
	Repeat     status.Repeat   `json:"repeat,omitempty"`
	Needs      []needObject    `json:"needs,omitempty"`
	Summary    *textObject     `json:"summary,omitempty"`
	Scenes     []sceneObject   `json:"scenes,omitempty"`
	Rules      []ruleObject    `json:"rules,omitempty"`
	Private    []privateObject `json:"private,omitempty"`
}

type textObject struct {
	En   string `json:"en"`
	ZhTW string `json:"zh-TW"`
}

type needObject struct {
	Field string       `json:"field"`
	Level status.Level `json:"level"`
	When  *textObject  `json:"when,omitempty"`
}

type privateObject struct {
	Name    string     `json:"name"`
	Users   []string   `json:"users"`
	Meaning textObject `json:"meaning"`
}

// codesAsJSON prints an object a line, for all registered codes if none is
// given. It prints the same in every language.
func (env *environment) codesAsJSON(codes []status.Code) error {
	if len(codes) == 0 {
		for _, e := range status.Table {
			codes = append(codes, e.Code)
		}
	}
	encoder := json.NewEncoder(env.stdout)
	encoder.SetEscapeHTML(false)
	for _, c := range codes {
		o, err := newCodeObject(status.Lookup(c))
		if err != nil {
			return cannot(lang.Text{En: "explain " + c.String(), ZhTW: "說明 " + c.String()}, err,
				lang.Text{En: "this is a mistake in the program; please report it", ZhTW: "這是程式的錯誤，請回報"})
		}
		if err := encoder.Encode(o); err != nil {
			return nil // run reports failed writing
		}
	}
	return nil
}

func newCodeObject(m status.Meaning) (codeObject, error) {
	o := codeObject{Code: m.Code, Registered: m.Entry != nil, TreatAs: m.TreatAs}
	if m.Code.Valid() {
		o.Class = m.Code.Class().String()
	}
	for _, p := range m.Private {
		o.Private = append(o.Private, privateObject{p.Name, p.Users, textObject{p.En, p.ZhTW}})
	}
	if m.Entry == nil {
		return o, nil
	}
	e := m.Entry
	o.Name = &textObject{e.Name, e.NameZhTW}
	o.OldNames, o.Specs, o.Topic, o.Maturity = e.OldNames, e.Specs, e.Topic, e.Maturity
	o.Appears, o.Content, o.Store, o.Repeat = e.Appears, e.Content, e.Store, e.Repeat
	for _, n := range e.Needs {
		need := needObject{Field: n.Field, Level: n.Level}
		if n.When != "" {
			need.When = &textObject{n.When, n.WhenZhTW}
		}
		o.Needs = append(o.Needs, need)
	}
	o.Scenes, o.Rules = sceneObjects(m.Code), ruleObjects(m.Code)
	var err error
	o.Summary, err = summaryOf(m.Code)
	return o, err
}

// summaryOf returns the first paragraph of a code's page, nil if it has none.
func summaryOf(c status.Code) (*textObject, error) {
	en, err := manual.Page(c, lang.En)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	zh, err := manual.Page(c, lang.ZhTW)
	if err != nil {
		return nil, err
	}
	return &textObject{en.Summary, zh.Summary}, nil
}
