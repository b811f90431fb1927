package origin

import (
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// retrieve is GET and HEAD: the whole representation, or the parts that a GET
// asks for (RFC 9110 §14.2: a server ignores Range on any other method).
func (d *decision) retrieve() error {
	if d.look != nil {
		for _, f := range d.look.Fields {
			d.w.Header().Set(f.Name, f.Value)
		}
		if d.look.SeeOther != "" {
			return d.seeOther(d.look.SeeOther)
		}
	}
	d.describe()
	size := d.variant.Blob.Size
	var ranges []byteRange
	if d.im == nil && d.r.Method == http.MethodGet && d.rangeHolds() {
		var verdict rangeVerdict
		if ranges, verdict = readRanges(d.r.Header["Range"], size); verdict == unsatisfiable {
			return rangeNotSatisfiable(size)
		}
	}
	if err := d.settle(); err != nil {
		return err
	}
	switch {
	case d.im != nil:
		return d.sendManipulated()
	case len(ranges) == 1:
		return d.sendPart(ranges[0])
	case len(ranges) > 1:
		return d.sendParts(ranges)
	}
	return d.send(http.StatusOK, 0, size)
}

// rangeHolds judges If-Range (RFC 9110 §13.1.5): false makes the whole be sent.
// Only a strong validator can be sure that the parts fit together: an entity
// tag by strong comparison, or exactly the date of a representation that was
// last changed at least a second before it was dated.
func (d *decision) rangeHolds() bool {
	values := d.r.Header["If-Range"]
	if d.r.Header["Range"] == nil {
		return false
	}
	if values == nil {
		return true
	}
	if len(values) != 1 {
		return false
	}
	if strings.HasPrefix(values[0], `"`) || strings.HasPrefix(values[0], "W/") {
		return values[0] == d.variant.Tag
	}
	date, err := http.ParseTime(values[0])
	return err == nil && d.modified().Equal(date) && d.now.Sub(d.modified()) >= time.Second
}

// A byteRange is octets from first to last, both included.
type byteRange struct{ first, last int64 }

func (r byteRange) length() int64 { return r.last - r.first + 1 }

func (r byteRange) contentRange(size int64) string {
	return fmt.Sprintf("bytes %d-%d/%d", r.first, r.last, size)
}

type rangeVerdict int

const (
	ignored rangeVerdict = iota // not bytes, malformed, or an attack: the whole is sent
	satisfiable
	unsatisfiable
)

// maxRanges bounds how many parts one answer may have.
const maxRanges = 16

// readRanges reads a Range field (RFC 9110 §14.1.1, §14.2). What is malformed or
// of another unit is ignored. Sets of many, or of overlapping, ranges are how
// servers are made to send more than they have (§17.15): they are ignored too.
func readRanges(values []string, size int64) ([]byteRange, rangeVerdict) {
	if len(values) != 1 {
		return nil, ignored
	}
	unit, set, ok := strings.Cut(values[0], "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(unit), "bytes") {
		return nil, ignored
	}
	var ranges []byteRange
	some := false
	for spec := range wire.Members(set) {
		first, last, ok := strings.Cut(spec, "-")
		if !ok {
			return nil, ignored
		}
		some = true
		r, verdict := readRange(first, last, size)
		switch verdict {
		case ignored:
			return nil, ignored
		case satisfiable:
			ranges = append(ranges, r)
		}
	}
	switch {
	case !some:
		return nil, ignored
	case len(ranges) == 0:
		return nil, unsatisfiable
	case len(ranges) > maxRanges || overlapping(ranges):
		return nil, ignored
	}
	return ranges, satisfiable
}

// readRange reads one range, "0-99", "100-" or, of the end, "-100".
func readRange(first, last string, size int64) (byteRange, rangeVerdict) {
	if first == "" {
		n, ok := digits(last)
		switch {
		case !ok:
			return byteRange{}, ignored
		case n == 0 || size == 0: // RFC 9110 §14.1.2: no octets to give
			return byteRange{}, unsatisfiable
		}
		return byteRange{max(0, size-n), size - 1}, satisfiable
	}
	from, ok := digits(first)
	if !ok {
		return byteRange{}, ignored
	}
	to := size - 1
	if last != "" {
		if to, ok = digits(last); !ok || to < from {
			return byteRange{}, ignored
		}
	}
	if from >= size {
		return byteRange{}, unsatisfiable
	}
	return byteRange{from, min(to, size-1)}, satisfiable
}

// digits reads a number; one that is too great for an int64 is as good as the
// greatest.
func digits(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		n = 1<<63 - 1
	}
	return n, true
}

func overlapping(ranges []byteRange) bool {
	for i := range ranges {
		for j := range ranges[:i] {
			if ranges[i].first <= ranges[j].last && ranges[j].first <= ranges[i].last {
				return true
			}
		}
	}
	return false
}

// rangeNotSatisfiable: RFC 9110 §15.5.17, with the length that there is.
func rangeNotSatisfiable(size int64) *wire.Refusal {
	return &wire.Refusal{
		Status: 416, Gate: 15, Reason: "range", Spec: "RFC 9110 §15.5.17",
		Detail: lang.Text{
			En:   fmt.Sprintf("None of the ranges lies within the %d octets of the representation.", size),
			ZhTW: fmt.Sprintf("這些範圍都不在表示的 %d 個位元組之內。", size)},
		Fields: wire.Fields{{Name: "Content-Range", Value: fmt.Sprintf("bytes */%d", size)}},
	}
}

// sendPart sends one range (RFC 9110 §15.3.7.1).
func (d *decision) sendPart(r byteRange) error {
	d.w.Header().Set("Content-Range", r.contentRange(d.variant.Blob.Size))
	return d.send(http.StatusPartialContent, r.first, r.length())
}

// sendParts sends several as multipart/byteranges (RFC 9110 §15.3.7.2): each
// part with its Content-Range, none in the header section.
func (d *decision) sendParts(ranges []byteRange) error {
	h := d.w.Header()
	parts := multipart.NewWriter(d.w)
	mediaType := h.Get("Content-Type")
	h.Set("Content-Type", "multipart/byteranges; boundary="+parts.Boundary())
	d.answer(http.StatusPartialContent)
	for _, r := range ranges {
		part, err := parts.CreatePart(textproto.MIMEHeader{
			"Content-Type":  {mediaType},
			"Content-Range": {r.contentRange(d.variant.Blob.Size)},
		})
		if err == nil {
			err = d.copy(part, r.first, r.length())
		}
		if err != nil {
			panic(http.ErrAbortHandler) // the answer is on its way: it can only be cut
		}
	}
	parts.Close()
	return nil
}

// send sends so many octets of the representation, from an offset.
func (d *decision) send(code int, offset, length int64) error {
	d.w.Header().Set("Content-Length", strconv.FormatInt(length, 10))
	if d.r.Method == http.MethodHead {
		d.answer(code)
		return nil
	}
	content, err := d.variant.Blob.Open(d.ctx, offset)
	if err != nil {
		return err
	}
	defer content.Close()
	d.answer(code)
	if _, err := io.CopyN(d.w, content, length); err != nil {
		panic(http.ErrAbortHandler) // a shorter answer than announced: it has to be cut
	}
	return nil
}

func (d *decision) copy(to io.Writer, offset, length int64) error {
	content, err := d.variant.Blob.Open(d.ctx, offset)
	if err != nil {
		return err
	}
	defer content.Close()
	_, err = io.CopyN(to, content, length)
	return err
}
