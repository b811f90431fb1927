package site

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/statute-http/statute/catalogue"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// wholeCatalogue is the document at /codes.json, and that of / for those who
// prefer JSON.
var wholeCatalogue = sync.OnceValue(func() []byte {
	c, err := catalogue.All()
	if err != nil {
		panic(fmt.Errorf("make the catalogue: %w", err)) // a page of ours is at fault
	}
	return encode(c)
})

// catalogue answers with all codes.
func (s *site) catalogue(w http.ResponseWriter, r *http.Request) *wire.Refusal {
	described(w.Header(), catalogue.SchemaPath)
	return answerContent(w, r, "application/json", wholeCatalogue())
}

// schema answers with the shape of the catalogue. The media type is the one
// that JSON Schema's drafts name (2020-12 core, section 14).
func (s *site) schema(w http.ResponseWriter, r *http.Request) *wire.Refusal {
	return answerContent(w, r, "application/schema+json", catalogue.Schema)
}

// codeDocument answers with what is known of one code.
func codeDocument(w http.ResponseWriter, r *http.Request, code status.Code) *wire.Refusal {
	c, err := catalogue.Of(code)
	if err != nil {
		panic(fmt.Errorf("say what is known of %s: %w", code, err)) // a page of ours is at fault
	}
	described(w.Header(), catalogue.CodeSchemaPath)
	return answerJSON(w, r, c)
}

// described names the schema that a document follows (RFC 8288 §3; the relation
// describedby is a registered one).
func described(h http.Header, schema string) { h.Set("Link", "<"+schema+`>; rel="describedby"`) }

// A TopicDocument is an article for those who prefer JSON; its texts are
// Markdown.
type TopicDocument struct {
	Name    string        `json:"name"`
	Title   lang.Text     `json:"title"`
	Summary lang.Text     `json:"summary"`
	Body    lang.Text     `json:"body"`
	Codes   []status.Code `json:"codes"` // that it concerns
}

func topicDocument(name string) (TopicDocument, error) {
	d := TopicDocument{Name: name, Codes: manual.Concerns(name)}
	en, err := manual.Topic(name, lang.En)
	if err != nil {
		return d, err
	}
	zh, err := manual.Topic(name, lang.ZhTW)
	if err != nil {
		return d, err
	}
	d.Title = lang.Text{En: en.Title, ZhTW: zh.Title}
	d.Summary = lang.Text{En: en.Summary, ZhTW: zh.Summary}
	d.Body = lang.Text{En: en.Body, ZhTW: zh.Body}
	return d, nil
}
