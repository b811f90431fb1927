package report

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// jUnit writes the XML that continuous integration reads test results from. An
// input is a suite, a rule that is broken in it a case; a case fails where the
// level does, else its findings stand in its output. An input in which nothing
// fails has one case, which passes, so that it is seen to have been judged.
type jUnit struct {
	w      *bufio.Writer
	o      Options
	groups groups      // of the input whose suite is being collected
	says   []lang.Text // why it could not be read
}

func newJUnit(w io.Writer, o Options) *jUnit {
	j := &jUnit{w: bufio.NewWriter(w), o: o, groups: newGroups(orElse(o.Show, 20))}
	j.w.WriteString(xml.Header + `<testsuites name="statute lint">` + "\n")
	return j
}

func (j *jUnit) Finding(f *Finding) error {
	j.groups.add(f)
	return nil
}

func (j *jUnit) Trouble(t *Trouble) error {
	j.says = append(j.says, t.Says)
	return nil
}

func (j *jUnit) Close(*Tally) error {
	j.w.WriteString("</testsuites>\n")
	return j.w.Flush()
}

// A suite and a testCase as JUnit's readers know them.
type suite struct {
	XMLName  xml.Name   `xml:"testsuite"`
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Cases    []testCase `xml:"testcase"`
}

type testCase struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Failure *outcome `xml:"failure"`
	Error   *outcome `xml:"error"`
	Output  string   `xml:"system-out,omitempty"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// End writes what was collected of an input.
func (j *jUnit) End(input string) error {
	s := suite{Name: wire.Printable(input)}
	add := func(c testCase) {
		c.Class = s.Name
		s.Cases = append(s.Cases, c)
	}
	for _, says := range j.says {
		s.Errors++
		why := wire.Printable(says.In(j.o.Lang))
		add(testCase{Name: "read", Error: &outcome{Message: why, Type: "read", Text: why}})
	}
	for _, its := range j.groups.sorted() {
		told := j.tell(its)
		if !Fails(its.rule.Level, j.o.FailOn) {
			add(testCase{Name: its.rule.Name, Output: told})
			continue
		}
		s.Failures++
		says := title(its.rule)
		add(testCase{Name: its.rule.Name, Failure: &outcome{Message: says.In(j.o.Lang), Type: string(its.rule.Level), Text: told}})
	}
	if s.Failures+s.Errors == 0 {
		add(testCase{Name: "judged"})
	}
	s.Tests = len(s.Cases)
	octets, err := xml.MarshalIndent(s, "  ", "  ")
	if err != nil {
		return fmt.Errorf("write the suite of %s: %w", input, err)
	}
	j.groups, j.says = newGroups(j.groups.show), nil
	_, err = j.w.Write(append(octets, '\n'))
	return err
}

// tell returns the findings of a group as lines.
func (j *jUnit) tell(its *group) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", its.rule.Level, its.rule.Spec)
	for _, f := range its.shown {
		fmt.Fprintf(&b, "%s: %s\n", where(f, j.o.Lang), wire.Printable(f.Message.In(j.o.Lang)))
		for _, line := range f.Lines {
			b.WriteString("  " + wire.Printable(line) + "\n")
		}
	}
	if rest := its.n - len(its.shown); rest > 0 {
		b.WriteString(moreFindings(rest).In(j.o.Lang) + "\n")
	}
	return b.String()
}
