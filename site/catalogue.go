package site

import (
	"net/http"

	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A Catalogue is the document at /codes.json, and that of / for those who
// prefer JSON. Members keep their names and meanings; new ones may come.
type Catalogue struct {
	Codes       []Document `json:"codes"`       // the registered codes, in order
	NonStandard []Document `json:"nonStandard"` // codes outside the registry that people meet, in order
}

// A Document is what is known of one code: that of /{code} for those who prefer
// JSON, and a member of the catalogue. Values such as maturity are the words of
// package status; the languages are named by their tags.
type Document struct {
	Code       status.Code     `json:"code"`
	Registered bool            `json:"registered"`
	Valid      bool            `json:"valid"`   // in the range of RFC 9110 §15, 100-599
	Class      int             `json:"class"`   // first digit; 5 for a code that is not valid, as a client treats it
	TreatAs    status.Code     `json:"treatAs"` // the code as which a client handles it
	Names      *Names          `json:"names,omitempty"`
	OldNames   []string        `json:"oldNames,omitempty"`
	Specs      []string        `json:"specs,omitempty"` // the defining section first
	Topic      status.Topic    `json:"topic,omitempty"`
	Maturity   status.Maturity `json:"maturity,omitempty"`
	Appears    status.Appears  `json:"appears,omitempty"`
	Content    status.Content  `json:"content,omitempty"`
	Store      status.Store    `json:"store,omitempty"`
	Repeat     status.Repeat   `json:"repeat,omitempty"`
	Needs      []Need          `json:"needs,omitempty"`
	Uses       []Use           `json:"uses,omitempty"` // by whom, outside the registry
	Scenes     []string        `json:"scenes,omitempty"`
	Rules      []string        `json:"rules,omitempty"` // those that look at this code and not at all
	Page       string          `json:"page"`            // path on this server
	Posed      string          `json:"posed"`           // path on this server
}

// Names are a text in each language.
type Names struct {
	En   string `json:"en"`
	ZhTW string `json:"zh-TW"`
}

// A Need is a field that an answer with the code carries.
type Need struct {
	Field string       `json:"field"`
	Level status.Level `json:"level"`
	When  *Names       `json:"when,omitempty"` // absent: always
}

// A Use is one meaning given to a code outside the registry.
type Use struct {
	Name    string   `json:"name"`
	Users   []string `json:"users"`
	Meaning Names    `json:"meaning"`
}

// catalogue answers with all codes.
func (s *site) catalogue(w http.ResponseWriter, r *http.Request) *wire.Refusal {
	return answerJSON(w, r, catalogueOf())
}

func catalogueOf() Catalogue {
	var c Catalogue
	for _, e := range status.Table {
		c.Codes = append(c.Codes, documentOf(e.Code))
	}
	for _, p := range status.NonStandard {
		if n := len(c.NonStandard); n == 0 || c.NonStandard[n-1].Code != p.Code {
			c.NonStandard = append(c.NonStandard, documentOf(p.Code))
		}
	}
	return c
}

func documentOf(code status.Code) Document {
	m := status.Lookup(code)
	d := Document{
		Code:    code,
		Valid:   code.Valid(),
		Class:   int(code.Class()),
		TreatAs: m.TreatAs,
		Page:    "/" + code.String(),
		Posed:   "/status/" + code.String(),
	}
	if e := m.Entry; e != nil {
		d.Registered = true
		d.Names = &Names{e.Name, e.NameZhTW}
		d.OldNames, d.Specs, d.Topic, d.Maturity = e.OldNames, e.Specs, e.Topic, e.Maturity
		d.Appears, d.Content, d.Store, d.Repeat = e.Appears, e.Content, e.Store, e.Repeat
		for _, n := range e.Needs {
			need := Need{Field: n.Field, Level: n.Level}
			if n.When != "" {
				need.When = &Names{n.When, n.WhenZhTW}
			}
			d.Needs = append(d.Needs, need)
		}
	}
	for _, p := range m.Private {
		d.Uses = append(d.Uses, Use{p.Name, p.Users, Names{p.En, p.ZhTW}})
	}
	for _, s := range stage.Of(code) {
		d.Scenes = append(d.Scenes, s.Name)
	}
	for _, r := range lint.All {
		for _, c := range r.Codes {
			if c == code {
				d.Rules = append(d.Rules, r.Name)
			}
		}
	}
	return d
}
