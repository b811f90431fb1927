package model

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"

	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/wire"
)

// several asks for several ranges at once and returns their octets, in the order
// of the ranges.
func (s *session) several(ctx context.Context, o *client.Order, u *url.URL) client.Report {
	var ranges []string
	for _, span := range o.Spans {
		ranges = append(ranges, fmt.Sprintf("%d-%d", span[0], span[1]))
	}
	ask := func(ranges string) (*wire.Exchange, client.Report) {
		return s.exchange(ctx, &hop{order: o, url: u, method: "GET", fields: append(slices.Clone(o.Fields), wire.Field{Name: "Range", Value: "bytes=" + ranges})})
	}
	if s.has("no-several-ranges") {
		var all []byte
		var report client.Report
		for _, one := range ranges {
			x, r := ask(one)
			if x == nil {
				return r
			}
			all, report = append(all, x.Final.Content.Data...), r
		}
		report.Content = all
		return report
	}
	x, report := ask(strings.Join(ranges, ","))
	if x == nil {
		return report
	}
	if x.Final.Status != 206 {
		return merge(report, client.ErrStatus, fmt.Errorf("the answer is %d", x.Final.Status))
	}
	content, err := s.placed(x.Final, o.Spans)
	if err != nil {
		return merge(report, client.ErrProtocol, err)
	}
	report.Content = content
	return report
}

// placed puts the parts of a multipart/byteranges in their places: RFC 9110
// §15.3.7.2, each by its own Content-Range, since they may come in any order.
// §14.6: there may be CRLFs before the first boundary, and the boundary may stand
// in quotes.
func (s *session) placed(p *wire.Response, spans [][2]int64) ([]byte, error) {
	kind, params, err := mime.ParseMediaType(p.Fields.Get("Content-Type"))
	if err != nil || kind != "multipart/byteranges" || params["boundary"] == "" {
		return nil, fmt.Errorf("the content is of the type %q", p.Fields.Get("Content-Type"))
	}
	if s.has("bare-boundary-only") {
		_, bare, _ := strings.Cut(p.Fields.Get("Content-Type"), "boundary=")
		if !bytes.HasPrefix(p.Content.Data, []byte("--"+bare)) {
			return nil, errors.New("the first boundary is not found")
		}
	}
	octets := map[int64]byte{}
	r := multipart.NewReader(bytes.NewReader(p.Content.Data), params["boundary"])
	for n := 0; ; n++ {
		part, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the parts: %w", err)
		}
		data, err := io.ReadAll(part) // no longer than the content, which has a limit
		if err != nil {
			return nil, fmt.Errorf("read a part: %w", err)
		}
		one := &wire.Response{}
		one.Fields = wire.Fields{{Name: "Content-Range", Value: part.Header.Get("Content-Range")}}
		first, last, _, err := contentRange(one)
		if s.has("parts-as-asked") && n < len(spans) {
			first, last, err = spans[n][0], spans[n][1], nil
		}
		if err != nil || last-first+1 != int64(len(data)) {
			return nil, errors.New("a part is not where it says that it is")
		}
		for i, c := range data {
			octets[first+int64(i)] = c
		}
	}
	var content []byte
	for _, span := range spans {
		for at := span[0]; at <= span[1]; at++ {
			c, ok := octets[at]
			if !ok {
				return nil, fmt.Errorf("octet %d is missing", at)
			}
			content = append(content, c)
		}
	}
	return content, nil
}
