package stage

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// A Report is what a 207 says of one resource: its status, or one that some of
// its properties have.
type Report struct {
	Path   string
	Status status.Code
}

// Says puts it in words.
func (r Report) Says() lang.Text {
	return lang.Text{
		En:   fmt.Sprintf("the multistatus says %d of %s", r.Status, r.Path),
		ZhTW: fmt.Sprintf("multistatus 對 %[2]s 的說法是 %[1]d", r.Status, r.Path)}
}

// CheckReports holds the content of a 207 against what it has to report: each of
// these, and no status or resource besides.
func CheckReports(content []byte, want []Report) error {
	got, err := readReports(content)
	if err != nil {
		return err
	}
	for _, r := range want {
		if !slices.Contains(got, r) {
			return fmt.Errorf("the multistatus does not say %d of %s, but %v", r.Status, r.Path, got)
		}
	}
	for _, r := range got {
		if !slices.Contains(want, r) {
			return fmt.Errorf("the multistatus also says %d of %s", r.Status, r.Path)
		}
	}
	return nil
}

// readReports reads a multistatus (RFC 4918 §14.16).
func readReports(content []byte) ([]Report, error) {
	var m struct {
		XMLName   xml.Name `xml:"DAV: multistatus"`
		Responses []struct {
			Href     string   `xml:"DAV: href"`
			Status   string   `xml:"DAV: status"`
			Propstat []string `xml:"DAV: propstat>status"`
		} `xml:"DAV: response"`
	}
	if err := xml.Unmarshal(content, &m); err != nil {
		return nil, fmt.Errorf("read the multistatus: %w", err)
	}
	var reports []Report
	for _, r := range m.Responses {
		lines := r.Propstat
		if r.Status != "" {
			lines = append(lines, r.Status)
		}
		for _, line := range lines {
			f := strings.Fields(line)
			if len(f) < 2 {
				return nil, fmt.Errorf("the status of %s is %q", r.Href, line)
			}
			code, err := strconv.Atoi(f[1])
			if err != nil {
				return nil, fmt.Errorf("the status of %s is %q", r.Href, line)
			}
			reports = append(reports, Report{r.Href, status.Code(code)})
		}
	}
	return reports, nil
}
