// Package catalogue is all that the house knows of the status codes, as one JSON
// document: the facts of package status, the summary of package manual, the
// scenes of package stage, the rules of package lint and the browsers of package
// compat, with links to where more is said.
//
// There is one shape, told by one JSON Schema ([Schema]): the site serves the
// whole as /codes.json and each code as /404, and `statute explain --json` prints
// the codes one a line. Members keep their names and meanings; new ones may come.
// Words such as those of maturity are package status's own; texts for people are
// objects with a member for each language.
package catalogue

import (
	_ "embed"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Schema is the JSON Schema of a Catalogue; that of a Code alone is in it, at
// #/$defs/code.
//
//go:embed schema.json
var Schema []byte

// Where a server has the documents. The schema of one code is a part of the
// schema of all.
const (
	Path           = "/codes.json"
	SchemaPath     = "/codes.schema.json"
	CodeSchemaPath = SchemaPath + "#/$defs/code"
)

// A Catalogue is the document of all codes.
type Catalogue struct {
	Schema      string  `json:"$schema"`      // SchemaPath
	Codes       []Code  `json:"codes"`        // the registered codes, in order
	NonStandard []Code  `json:"non_standard"` // codes outside the registry that people meet, in order
	Topics      []Topic `json:"topics"`       // articles about what several codes have in common
}

// A Code is what is known of one number.
type Code struct {
	Code       status.Code     `json:"code"`
	Registered bool            `json:"registered"`
	Valid      bool            `json:"valid"`    // in the range of RFC 9110 §15, 100-599
	Class      string          `json:"class"`    // "Client Error"; of a code that is not valid, as a client treats it
	TreatAs    status.Code     `json:"treat_as"` // the code as which a client handles it
	Name       lang.Text       `json:"name,omitzero"`
	OldNames   []string        `json:"old_names,omitempty"`
	Specs      []string        `json:"specs,omitempty"` // the defining section first
	Topic      status.Topic    `json:"topic,omitempty"`
	Maturity   status.Maturity `json:"maturity,omitempty"`
	Appears    status.Appears  `json:"appears,omitempty"`
	Content    status.Content  `json:"content,omitempty"`
	Store      status.Store    `json:"store,omitempty"`
	Repeat     status.Repeat   `json:"repeat,omitempty"`
	Needs      []Need          `json:"needs,omitempty"`
	Summary    lang.Text       `json:"summary,omitzero"` // the first paragraph of its page, as Markdown
	Duties     []Duty          `json:"duties,omitempty"`
	Scenes     []Scene         `json:"scenes,omitempty"`
	Sceneless  lang.Text       `json:"sceneless,omitzero"` // why there is none, if that is on purpose
	Rules      []Rule          `json:"rules,omitempty"`    // those that look at this code and not at all
	Browsers   *Browsers       `json:"browsers,omitempty"`
	Private    []Private       `json:"private,omitempty"`
	Links      []Link          `json:"links"`
}

// A Need is a field that an answer with the code carries.
type Need struct {
	Field string       `json:"field"`
	Level status.Level `json:"level"`
	When  lang.Text    `json:"when,omitzero"` // absent: always
}

// A Duty is something that the specifications ask of a role where the code comes.
type Duty struct {
	Role   manual.Role `json:"role"`
	Levels []string    `json:"levels"` // how strongly it binds: "must", "must not", "should", "should not", "may"
	Text   lang.Text   `json:"text"`   // Markdown
	Spec   string      `json:"spec"`
}

// A Scene is a place where the code happens for its cause.
type Scene struct {
	Name  string          `json:"name"`
	Over  []wire.Protocol `json:"over"`
	Cause lang.Text       `json:"cause"`
}

// A Rule is a lint rule.
type Rule struct {
	Name  string     `json:"name"`
	Level lint.Level `json:"level"`
	Spec  string     `json:"spec"`
}

// Browsers are the facts of a collection about what browsers do.
type Browsers struct {
	Source   string    `json:"source"`
	Features []Feature `json:"features"`
}

// A Feature is the code as such, which has no name, or one use of it.
type Feature struct {
	Name    string    `json:"name,omitempty"` // "rel=preload"
	Support []Support `json:"support"`
}

// A Support is what one browser does.
type Support struct {
	Browser string    `json:"browser"`
	Since   string    `json:"since,omitempty"` // a version; absent: not supported
	Flag    string    `json:"flag,omitempty"`  // the preference that has to be set
	Note    lang.Text `json:"note,omitzero"`
}

// A Private is one meaning given to a code outside the registry.
type Private struct {
	Name    string    `json:"name"`
	Users   []string  `json:"users"`
	Meaning lang.Text `json:"meaning"`
}

// A Topic is an article, named.
type Topic struct {
	Name  string        `json:"name"`
	Title lang.Text     `json:"title"`
	Codes []status.Code `json:"codes"` // that it concerns
	Links []Link        `json:"links"`
}

// All returns the whole catalogue. An error is a mistake in the manual.
func All() (Catalogue, error) {
	all := Catalogue{Schema: SchemaPath}
	for _, e := range status.Table {
		c, err := Of(e.Code)
		if err != nil {
			return Catalogue{}, err
		}
		all.Codes = append(all.Codes, c)
	}
	for _, p := range status.NonStandard {
		if n := len(all.NonStandard); n > 0 && all.NonStandard[n-1].Code == p.Code {
			continue
		}
		c, err := Of(p.Code)
		if err != nil {
			return Catalogue{}, err
		}
		all.NonStandard = append(all.NonStandard, c)
	}
	for _, name := range manual.Topics() {
		en, err := manual.Topic(name, lang.En)
		if err != nil {
			return Catalogue{}, err
		}
		zh, err := manual.Topic(name, lang.ZhTW)
		if err != nil {
			return Catalogue{}, err
		}
		all.Topics = append(all.Topics, Topic{name, lang.Text{En: en.Title, ZhTW: zh.Title}, manual.Concerns(name), []Link{topicLink(name)}})
	}
	return all, nil
}
