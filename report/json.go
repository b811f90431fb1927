package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/status"
)

// A Line is one finding as JSON. Its shape is a promise: members may be added,
// none renamed or removed, and each line of the output is one finding.
type Line struct {
	Rule    string        `json:"rule"`    // name of the rule
	Level   lint.Level    `json:"level"`   // must, should, definition or advice
	Codes   []status.Code `json:"codes"`   // the codes that the rule looks at; empty for all
	Spec    string        `json:"spec"`    // sections, separated by "; "
	Who     lint.Who      `json:"who"`     // who has to mend it: server, client or intermediary
	About   lint.About    `json:"about"`   // message, exchange, sequence or cause
	Input   string        `json:"input"`   // file or address
	Entry   int           `json:"entry"`   // number of the exchange in the input, from 1
	Name    string        `json:"name"`    // what the input calls it, if it does
	Offset  *int64        `json:"offset"`  // of its first octet; null where that says nothing
	Line    int           `json:"line"`    // of its first line; 0 where that says nothing
	Earlier int           `json:"earlier"` // number of the entry that this one is held against; 0 for none
	Method  string        `json:"method"`  // of the request; empty if not recorded
	URL     string        `json:"url"`     // its target
	Status  status.Code   `json:"status"`  // of the final answer; 0 if none came
	Part    lint.Part     `json:"part"`    // the message at fault: request, interim or final
	Field   string        `json:"field"`   // the field concerned; empty if none is
	Message string        `json:"message"` // what is wrong
	Lines   []string      `json:"lines"`   // the lines of the messages concerned, after "> " or "< "
}

// jsonLines writes a line as each finding comes.
type jsonLines struct {
	w    *bufio.Writer
	b    bytes.Buffer
	out  *json.Encoder
	lang lang.Tag
	live bool // each line is handed over at once
}

func newJSON(w io.Writer, o Options) *jsonLines {
	j := &jsonLines{w: bufio.NewWriter(w), lang: o.Lang, live: o.Live}
	j.out = json.NewEncoder(&j.b)
	j.out.SetEscapeHTML(false)
	return j
}

// LineOf returns the finding as JSON shows it, the message in the language.
func LineOf(f *Finding, l lang.Tag) Line {
	line := Line{
		Rule: f.Rule.Name, Level: f.Rule.Level, Codes: codes(f.Rule), Spec: f.Rule.Spec, Who: f.Rule.Who, About: f.Rule.About,
		Input: f.Place.Input, Entry: f.Place.Entry, Name: f.Place.Name, Line: f.Place.Line, Earlier: f.Earlier,
		Method: f.Method, URL: f.URL, Status: f.Status,
		Part: f.Where.Part, Field: f.Where.Field, Message: f.Message.In(l), Lines: f.Lines,
	}
	if f.Place.Offset >= 0 {
		line.Offset = &f.Place.Offset
	}
	if line.Lines == nil {
		line.Lines = []string{}
	}
	return line
}

func (j *jsonLines) Finding(f *Finding) error {
	j.b.Reset()
	if err := j.out.Encode(LineOf(f, j.lang)); err != nil {
		return err
	}
	_, err := j.w.WriteString(visible(j.b.String()))
	if err == nil && j.live {
		err = j.w.Flush()
	}
	return err
}

func (j *jsonLines) Trouble(*Trouble) error { return nil } // each line is a finding; the verb tells on stderr

func (*jsonLines) End(string) error { return nil }

func (j *jsonLines) Close(*Tally) error { return j.w.Flush() }
