package report

import (
	"encoding/xml"
	"fmt"
	"io"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
)

// A skippedCase is one that could not be asked.
type skippedCase struct {
	testCase
	Skipped *outcome `xml:"skipped"`
}

// SheetJUnit writes a sheet as JUnit's XML: a case of the exam is a test case;
// what fails at the level or above it fails, what was not asked is skipped.
func SheetJUnit(w io.Writer, s *exam.Sheet, failOn exam.Level, unexpected []exam.Entry) error {
	type sheetSuite struct {
		XMLName  xml.Name      `xml:"testsuite"`
		Name     string        `xml:"name,attr"`
		Tests    int           `xml:"tests,attr"`
		Failures int           `xml:"failures,attr"`
		Skipped  int           `xml:"skipped,attr"`
		Cases    []skippedCase `xml:"testcase"`
	}
	suite := sheetSuite{Name: wire.Printable(s.Subject.Name + " " + s.Subject.Version), Tests: len(s.Results)}
	for _, e := range s.Results {
		c := skippedCase{testCase: testCase{Class: "statute exam " + string(s.Role) + "." + e.Topic, Name: fmt.Sprintf("%s (%s)", e.Case, e.Over)}}
		told := &outcome{Message: wire.Printable(e.Detail), Type: string(e.Level), Text: fmt.Sprintf("%s %s\n%s", e.Verdict, e.Spec, wire.Printable(e.Detail))}
		switch {
		case FailsExam(e, failOn, unexpected):
			c.Failure = told
			suite.Failures++
		case e.Verdict == exam.NA:
			c.Skipped = told
			suite.Skipped++
		default:
			c.Output = told.Text
		}
		suite.Cases = append(suite.Cases, c)
	}
	octets, err := xml.MarshalIndent(suite, "  ", "  ")
	if err == nil {
		_, err = fmt.Fprintf(w, "%s<testsuites name=\"statute exam\">\n%s\n</testsuites>\n", xml.Header, octets)
	}
	if err != nil {
		return fmt.Errorf("write the sheet of %s: %w", s.Subject.Name, err)
	}
	return nil
}
