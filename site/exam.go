package site

import (
	"cmp"
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/proxy"
	"github.com/statute-http/statute/exam/server"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Exams are the exams that the site tells of and holds. What is left zero it
// does not.
type Exams struct {
	// Sheets are what real software did, in whichever role.
	Sheets []*exam.Sheet
	// Loop examines clients that drive themselves, a page in a visitor's own
	// browser among them; it is asked below /exam/, by visitors on this machine
	// alone: the ports that it opens are on this machine.
	Loop *client.Loop
}

// An examined is a role that the site has pages about.
type examined struct {
	Role  exam.Role
	Path  string // of the page with its cases; below it are results
	cases []exam.Case
}

var everyExam = []examined{
	{exam.Client, "/exam", client.All},
	{exam.Server, "/exam/servers", server.All},
	{exam.Proxy, "/exam/proxies", proxy.All},
}

// sheets are those of the role.
func (e examined) sheets(all []*exam.Sheet) []*exam.Sheet {
	return slices.DeleteFunc(slices.Clone(all), func(s *exam.Sheet) bool { return s.Role != e.Role })
}

// An ExamDocument is /exam, /exam/servers or /exam/proxies for those who prefer
// JSON.
type ExamDocument struct {
	Cases []ExamCase `json:"cases"`
}

// An ExamCase is one question of an exam.
type ExamCase struct {
	Case   string          `json:"case"`
	Topic  string          `json:"topic"`
	Level  exam.Level      `json:"level"`
	Spec   string          `json:"spec"`
	Codes  []status.Code   `json:"codes"`
	Over   []wire.Protocol `json:"over"`
	Stages lang.Text       `json:"stages"`
	Wants  lang.Text       `json:"wants"`
}

// A question is a case as pages show it, with what became of it.
type question struct {
	*exam.Case
	Specs    []string
	Outcomes []outcome
}

// A codeExam is what one role is asked about a code.
type codeExam struct {
	examined
	Cases []question
	Old   bool // there are sheets
}

// An outcome is one verdict, and who got it.
type outcome struct {
	exam.Outcome
	Value string
	Fetch exam.Outcome // by the Fetch standard, where it differs
	Who   []string
}

// questions are the cases that are no baselines, with what became of them.
func (e examined) questions(of func(*exam.Case) bool, sheets []*exam.Sheet) []question {
	var all []question
	sheets = e.sheets(sheets)
	for i := range e.cases {
		if c := &e.cases[i]; !c.Baseline() && of(c) {
			all = append(all, question{Case: c, Specs: strings.Split(c.Spec, "; "), Outcomes: outcomes(c.Name, sheets)})
		}
	}
	return all
}

func everyCase(*exam.Case) bool { return true }

// about picks the cases about a code.
func about(code status.Code) func(*exam.Case) bool {
	return func(c *exam.Case) bool { return slices.Contains(c.Codes, code) }
}

// outcomes returns who did what in a case, the worst first; who could not be
// asked is left out.
func outcomes(name string, sheets []*exam.Sheet) []outcome {
	var all []outcome
	for _, s := range sheets {
		for _, e := range s.Results {
			if e.Case != name || e.Verdict == exam.NA || e.Verdict == exam.Void {
				continue
			}
			i := slices.IndexFunc(all, func(o outcome) bool { return o.Outcome == e.Verdict && o.Value == e.Value && o.Fetch == e.Fetch })
			if i < 0 {
				i = len(all)
				all = append(all, outcome{Outcome: e.Verdict, Value: e.Value, Fetch: e.Fetch})
			}
			who := s.Subject.Name
			if e.Over != wire.H1 {
				who += " (" + string(e.Over) + ")"
			}
			all[i].Who = append(all[i].Who, who)
		}
	}
	slices.SortStableFunc(all, func(a, b outcome) int {
		return cmp.Compare(slices.Index(exam.Outcomes, a.Outcome), slices.Index(exam.Outcomes, b.Outcome))
	})
	return all
}

// What the templates about cases are filled with.
type (
	questionsPage struct {
		page
		Questions []question
	}
	questionPage struct {
		page
		Question question
	}
)

// WithQuestions and WithQuestion pass cases on to the templates about them.
func (p page) WithQuestions(all []question) questionsPage { return questionsPage{p, all} }
func (p page) WithQuestion(q question) questionPage       { return questionPage{p, q} }

type examPage struct {
	page
	examined
	Others []examined
	Topics []examTopic
	Count  int
	Old    bool // there are sheets
}

// An examTopic is the cases of one topic.
type examTopic struct {
	Name  string
	Cases []question
}

// exam answers with the cases of a role by topic.
func (s *site) exam(w http.ResponseWriter, r *http.Request, of examined) *wire.Refusal {
	all := of.questions(everyCase, s.Exams.Sheets)
	if wantsJSON(r) {
		chosen(w.Header())
		var d ExamDocument
		for _, q := range all {
			d.Cases = append(d.Cases, ExamCase{q.Name, q.Topic, q.Level, q.Spec, append([]status.Code{}, q.Codes...), q.Over, q.Stages, q.Wants})
		}
		return answerJSON(w, r, d)
	}
	p := examPage{page: s.page(r), examined: of, Count: len(all), Old: len(of.sheets(s.Exams.Sheets)) > 0}
	p.Others = slices.DeleteFunc(slices.Clone(everyExam), func(e examined) bool { return e.Role == of.Role })
	for _, q := range all {
		if n := len(p.Topics); n == 0 || p.Topics[n-1].Name != q.Topic {
			p.Topics = append(p.Topics, examTopic{Name: q.Topic})
		}
		t := &p.Topics[len(p.Topics)-1]
		t.Cases = append(t.Cases, q)
	}
	return answerHTML(w, r, p.Lang, "exam.html", p)
}

// A resultsPage is sheets side by side.
type resultsPage struct {
	page
	examined
	Agent    string // whose sheet alone it is; empty: all that the site has
	Waiting  bool   // the exam is not over
	Subjects []exam.About
	Topics   []resultsTopic
}

type resultsTopic struct {
	Name string
	Rows []resultsRow
}

type resultsRow struct {
	Case  string
	Over  wire.Protocol
	Level exam.Level
	Cells []*exam.Entry // nil: not asked
}

// results answers with a matrix: of what real software did, or of an agent's
// exam alone.
func (s *site) results(w http.ResponseWriter, r *http.Request, of examined) *wire.Refusal {
	p := resultsPage{page: s.page(r), examined: of}
	if of.Role == exam.Client {
		p.Agent = r.URL.Query().Get("agent")
	}
	sheets := of.sheets(s.Exams.Sheets)
	if p.Agent != "" {
		if s.Exams.Loop == nil {
			return noSuchPage()
		}
		sheet, ok := s.Exams.Loop.Sheet(p.Agent)
		if !ok {
			return noSuchPage()
		}
		p.Waiting, sheets = sheet == nil, nil
		if sheet != nil {
			sheets = []*exam.Sheet{sheet}
		}
	}
	if wantsJSON(r) {
		chosen(w.Header())
		return answerJSON(w, r, map[string]any{"sheets": bare(sheets)})
	}
	p.lay(sheets)
	return answerHTML(w, r, p.Lang, "results.html", p)
}

// bare leaves transcripts out: they are for whoever has the sheet's file.
func bare(sheets []*exam.Sheet) []*exam.Sheet {
	all := []*exam.Sheet{}
	for _, s := range sheets {
		short := *s
		short.Results = slices.Clone(s.Results)
		for i := range short.Results {
			short.Results[i].Transcript = nil
		}
		all = append(all, &short)
	}
	return all
}

// lay makes the rows: a case over a protocol that somebody was asked.
func (p *resultsPage) lay(sheets []*exam.Sheet) {
	type asked struct {
		name string
		over wire.Protocol
	}
	cells := map[asked][]*exam.Entry{}
	for column, s := range sheets {
		p.Subjects = append(p.Subjects, s.Subject)
		for i := range s.Results {
			e := &s.Results[i]
			at := asked{e.Case, e.Over}
			if cells[at] == nil {
				cells[at] = make([]*exam.Entry, len(sheets))
			}
			cells[at][column] = e
		}
	}
	for _, q := range p.questions(everyCase, nil) {
		for _, over := range q.Over {
			row := resultsRow{Case: q.Name, Over: over, Level: q.Level, Cells: cells[asked{q.Name, over}]}
			if !slices.ContainsFunc(row.Cells, func(e *exam.Entry) bool { return e != nil && e.Verdict != exam.NA }) {
				continue
			}
			if n := len(p.Topics); n == 0 || p.Topics[n-1].Name != q.Topic {
				p.Topics = append(p.Topics, resultsTopic{Name: q.Topic})
			}
			t := &p.Topics[len(p.Topics)-1]
			t.Rows = append(t.Rows, row)
		}
	}
}

// A browserPage examines the browser that it is opened in.
type browserPage struct {
	page
	Near bool   // the visitor is on this machine
	Caps string // what a page can be asked to do, as JSON
}

func (s *site) examBrowser(w http.ResponseWriter, r *http.Request) *wire.Refusal {
	p := browserPage{page: s.page(r), Near: isHere(r)}
	var caps []string
	for c := range client.PageCan() {
		caps = append(caps, string(c))
	}
	slices.Sort(caps)
	octets, err := json.Marshal(caps)
	if err != nil {
		panic(err) // strings always encode
	}
	p.Caps = string(octets)
	// The orders are carried out by pages of the origins under script.
	w.Header().Set("Content-Security-Policy", w.Header().Get("Content-Security-Policy")+"; frame-src http://127.0.0.1:* http://localhost:*")
	return answerHTML(w, r, p.Lang, "exam-browser.html", p)
}

// loop passes on to the loop what somebody on this machine asks.
func (s *site) loop(w http.ResponseWriter, r *http.Request) *wire.Refusal {
	if !isHere(r) {
		return &wire.Refusal{
			Status: http.StatusForbidden, Gate: 7, Reason: "exam-from-afar", Spec: "RFC 9110 §15.5.4",
			Detail: lang.Text{
				En:   "Exams open ports on the machine of the server, so only clients on that machine are examined. Run statute on yours.",
				ZhTW: "考試要在伺服器所在的機器上開連接埠，所以只考同一台機器上的用戶端。請在你自己的機器上執行 statute。"},
		}
	}
	s.Exams.Loop.ServeHTTP(w, r)
	return nil
}

// isHere reports whether a request comes from this machine and is meant for it:
// a page from elsewhere whose name was made to lead here is neither.
func isHere(r *http.Request) bool {
	from, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !net.ParseIP(from).IsLoopback() {
		return false
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
