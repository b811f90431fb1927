package model

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/wire"
)

// resume gets the rest of what the user has a part of, and returns the whole.
// RFC 9110 §15.3.7: a client that gets a 206 looks at what came before it puts
// it together with what it has.
func (s *session) resume(ctx context.Context, o *client.Order, u *url.URL) client.Report {
	have := o.Part
	for range mostTries {
		h := &hop{order: o, url: u, method: "GET", fields: append(append(wire.Fields(nil), o.Fields...),
			wire.Field{Name: "Range", Value: fmt.Sprintf("bytes=%d-", len(have))})}
		x, report := s.exchange(ctx, h)
		if x == nil {
			report.Content = have
			return report
		}
		p := x.Final
		switch {
		case s.has("appends-whatever"):
			report.Content = append(append([]byte(nil), have...), p.Content.Data...)
			return report
		case s.has("loses-the-rest"):
			report.Content = have
			return report
		case p.Status == 200:
			return report // the whole, in place of the part
		case p.Status == 416 && s.has("416-is-success"):
			report.Content = have
			return report
		case p.Status == 416:
			return s.unsatisfied(p, report, have)
		case p.Status != 206:
			report.Content = have
			return merge(report, client.ErrStatus, fmt.Errorf("the answer is %d", p.Status))
		}
		first, last, total, err := contentRange(p)
		switch {
		case err == nil && first != int64(len(have)):
			err = fmt.Errorf("the part begins at %d, not at %d", first, len(have))
		}
		if err == nil && s.has("needs-total") && total < 0 {
			report.Content = have
			return merge(report, client.ErrProtocol, errors.New("the total is not known"))
		}
		if err != nil {
			report.Content = have
			return s.restart(ctx, o, u, merge(report, client.ErrProtocol, err))
		}
		have = append(append([]byte(nil), have...), p.Content.Data...)
		if report.Content = have; total < 0 || last+1 >= total || s.has("short-is-whole") {
			return report
		}
	}
	return client.Report{Content: have, Err: &client.Error{Kind: client.ErrCut, Message: "the rest did not come"}}
}

// restart gets the whole where the part cannot be used.
func (s *session) restart(ctx context.Context, o *client.Order, u *url.URL, failure client.Report) client.Report {
	x, report := s.exchange(ctx, &hop{order: o, url: u, method: "GET", fields: o.Fields})
	if x == nil || x.Final.Status != 200 {
		return failure
	}
	return report
}

// unsatisfied: RFC 9110 §15.5.17, where Content-Range tells the length of the
// whole it shows whether there is nothing more, or something else.
func (s *session) unsatisfied(p *wire.Response, report client.Report, have []byte) client.Report {
	report.Content = have
	if p.Fields.Get("Content-Range") == fmt.Sprintf("bytes */%d", len(have)) {
		return report
	}
	return merge(report, client.ErrStatus, errors.New("the file has another length now"))
}

// contentRange reads the field (RFC 9110 §14.4). The total is -1 if it is not
// known.
func contentRange(p *wire.Response) (first, last, total int64, err error) {
	v := p.Fields.Get("Content-Range")
	unit, rest, _ := strings.Cut(v, " ")
	span, whole, ok := strings.Cut(rest, "/")
	from, to, both := strings.Cut(span, "-")
	if unit != "bytes" || !ok || !both {
		return 0, 0, 0, fmt.Errorf("Content-Range is %q", v)
	}
	first, noFirst := strconv.ParseInt(from, 10, 64)
	last, noLast := strconv.ParseInt(to, 10, 64)
	total, noTotal := int64(-1), error(nil)
	if whole != "*" {
		total, noTotal = strconv.ParseInt(whole, 10, 64)
	}
	if err := errors.Join(noFirst, noLast, noTotal); err != nil || first > last || total >= 0 && last >= total {
		return 0, 0, 0, fmt.Errorf("Content-Range is %q", v)
	}
	return first, last, total, nil
}

// rest asks for what is missing of an answer that was cut off. RFC 9110 §13.1.5:
// If-Range names a strong tag, so that a changed file comes whole; a weak one
// cannot be used, nor can the field without Range.
func (s *session) rest(ctx context.Context, h *hop, cut *wire.Response) (client.Report, bool) {
	have := cut.Content.Data
	tag := cut.Fields.Get("ETag")
	if !h.order.Retry || h.method != "GET" || len(have) == 0 || !cut.Fields.HasMember("Accept-Ranges", "bytes") {
		return client.Report{}, false
	}
	strong := tag != "" && !strings.HasPrefix(tag, "W/")
	fields := append(append(wire.Fields(nil), h.fields...), wire.Field{Name: "Range", Value: fmt.Sprintf("bytes=%d-", len(have))})
	if strong && !s.has("resumes-without-if-range") || tag != "" && s.has("if-range-of-any-tag") {
		fields = append(fields, wire.Field{Name: "If-Range", Value: tag})
	}
	x, report := s.exchange(ctx, &hop{order: h.order, url: h.url, method: "GET", fields: fields, repeats: 1})
	if x == nil {
		return report, true
	}
	if x.Final.Status != 206 {
		return report, true
	}
	// RFC 9110 §15.3.7.3: parts go together if they have the same strong
	// validator; and nothing fits that is of another length.
	first, _, total, err := contentRange(x.Final)
	length, _ := strconv.ParseInt(cut.Fields.Get("Content-Length"), 10, 64)
	other := strong && x.Final.Fields.Get("ETag") != tag || total >= 0 && length > 0 && total != length
	if (err != nil || first != int64(len(have)) || other) && !s.has("combines-whatever") {
		report.Content = have
		return s.restart(ctx, h.order, h.url, merge(report, client.ErrProtocol, errors.New("the rest is of something else"))), true
	}
	report.Content = append(append([]byte(nil), have...), x.Final.Content.Data...)
	return report, true
}
