package capture

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A descriptionReader makes exchanges of an OpenAPI description, versions 3.0
// and 3.1: one for each operation, then one for each answer that it documents,
// as [wire.Description] wants them. A description has to be in memory for its
// references to be followed, so it has a bound of its own.
type descriptionReader struct {
	in      *input
	root    *yaml.Node
	lines   []int64 // where each line begins
	secured bool    // the description asks for credentials where an operation says nothing
	scheme  string  // of the first server
	host    string
	made    int
	large   map[*yaml.Node]map[string]*yaml.Node // the members of large mappings
}

const (
	largestDescription = 24 << 20
	// Each comma, colon and line end may stand for a node in memory, of which a
	// node needs some 160 octets.
	mostMarks    = 1 << 20
	mostAnswers  = 200_000 // repeated references could make any number of few
	deepestChain = 32      // of references that lead to references
)

func readOpenAPI(in *input, r *bufio.Reader) error {
	data, err := io.ReadAll(io.LimitReader(r, largestDescription+1))
	if err != nil {
		return in.broken(int64(len(data)), lang.Text{En: "cannot be read on", ZhTW: "無法繼續讀取"}, err)
	}
	d := &descriptionReader{in: in, lines: []int64{0}, large: map[*yaml.Node]map[string]*yaml.Node{}}
	marks := 0
	for i, c := range data {
		switch c {
		case '\n':
			d.lines = append(d.lines, int64(i+1))
			marks++
		case ',', ':':
			marks++
		}
	}
	if len(data) > largestDescription || marks > mostMarks {
		return in.broken(0, lang.Text{
			En:   fmt.Sprintf("the description is larger than %d MB, or has more than %d lines and values", largestDescription>>20, mostMarks),
			ZhTW: fmt.Sprintf("描述超過 %d MB，或超過 %d 行與值", largestDescription>>20, mostMarks)}, nil)
	}
	if d.root, err = d.parse(data); err != nil {
		return err
	}
	return d.read()
}

func (d *descriptionReader) read() error {
	version := d.get(d.root, "openapi").text()
	if version == "" {
		version = d.get(d.root, "swagger").text()
	}
	if version == "" {
		return d.at(d.root, lang.Text{
			En:   "there is no openapi with a version in it, so it is no OpenAPI description",
			ZhTW: "裡面沒有標明版本的 openapi，不是 OpenAPI 描述"})
	}
	if !strings.HasPrefix(version, "3.") {
		return d.at(d.root, lang.Text{
			En:   fmt.Sprintf("OpenAPI %q is not read; 3.0 and 3.1 are", version),
			ZhTW: fmt.Sprintf("不讀取 OpenAPI %q；可讀取 3.0 與 3.1", version)})
	}
	d.secured = demands(d.get(d.root, "security"))
	if servers := d.get(d.root, "servers"); servers.Node != nil && len(servers.Content) > 0 {
		if scheme, host, _, ok := splitURL(d.get(servers.Content[0], "url").text()); ok && !strings.Contains(host, "{") {
			d.scheme, d.host = scheme, host
		}
	}
	for path, item := range d.members(d.get(d.root, "paths").Node) {
		if !strings.HasPrefix(path.Value, "/") {
			continue // an extension
		}
		item, err := d.resolve(item)
		if err != nil {
			if err := d.in.report(err); err != nil {
				return err
			}
			continue
		}
		shared := d.get(item, "parameters").Node
		for method, operation := range d.members(item) {
			switch method.Value {
			case "get", "put", "post", "delete", "options", "head", "patch", "trace", "query":
				if err := d.operation(path.Value, method, operation, shared); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// operation emits the operation and its answers.
func (d *descriptionReader) operation(path string, method, operation, shared *yaml.Node) error {
	request := wire.Request{Method: strings.ToUpper(method.Value), Target: path, Scheme: d.scheme, Authority: d.host}
	for _, parameters := range []*yaml.Node{shared, d.get(operation, "parameters").Node} {
		for _, p := range d.elements(parameters) {
			if p, err := d.resolve(p); err == nil && d.get(p, "in").text() == "header" {
				request.Fields = append(request.Fields, wire.Field{Name: d.get(p, "name").text(), Redacted: true})
			}
		}
	}
	if d.get(operation, "requestBody").Node != nil {
		request.Content = wire.Content{Length: 1}
	}
	about := &wire.Description{Secured: d.secured}
	if own := d.get(operation, "security"); own.Node != nil {
		about.Secured = demands(own)
	}
	responses := d.get(operation, "responses").Node
	for code := range d.members(responses) {
		if !strings.HasPrefix(code.Value, "x-") {
			about.Responses = append(about.Responses, code.Value)
		}
	}
	name := request.Method + " " + path
	if err := d.emit(name, method, request, nil, about); err != nil {
		return err
	}
	for code, response := range d.members(responses) {
		n, err := strconv.Atoi(code.Value)
		if err != nil || len(code.Value) != 3 || n < 0 {
			continue // a range, default, or what the rule for keys is about
		}
		p, fault := d.response(response)
		if fault != nil {
			if err := d.in.report(fault); err != nil {
				return err
			}
			continue
		}
		p.Status = status.Code(n)
		if err := d.emit(name+" "+code.Value, code, request, p, about); err != nil {
			return err
		}
	}
	return nil
}

func (d *descriptionReader) emit(name string, at *yaml.Node, request wire.Request, p *wire.Response, about *wire.Description) error {
	if d.made++; d.made > mostAnswers {
		return d.at(at, lang.Text{
			En:   fmt.Sprintf("the description has more than %d answers", mostAnswers),
			ZhTW: fmt.Sprintf("描述的回應超過 %d 個", mostAnswers)})
	}
	x := &wire.Exchange{
		Conn: wire.Conn{Protocol: wire.H1}, Request: request, Seen: wire.ShowsAll, Described: about,
	}
	if p != nil && p.Status.Interim() && p.Status != 101 {
		x.Interim = []wire.Response{*p}
	} else {
		x.Final = p
	}
	d.in.number++
	return d.in.emit(&Entry{Number: d.in.number, Offset: d.offset(at), Line: at.Line, Name: name, Exchange: x})
}

// response makes an answer of what is documented of it.
func (d *descriptionReader) response(n *yaml.Node) (*wire.Response, error) {
	n, err := d.resolve(n)
	if err != nil {
		return nil, err
	}
	p := &wire.Response{}
	for name := range d.members(d.get(n, "headers").Node) {
		// OpenAPI has Content-Type described by content alone, and ignored here.
		if !strings.EqualFold(name.Value, "Content-Type") {
			p.Fields = append(p.Fields, wire.Field{Name: name.Value, Redacted: true})
		}
	}
	content := d.get(n, "content").Node
	var media []string
	for name := range d.members(content) {
		media = append(media, name.Value)
	}
	if len(media) > 0 {
		kind := wire.Field{Name: "Content-Type", Value: media[0]}
		if len(media) > 1 || strings.Contains(media[0], "*") {
			kind.Value, kind.Redacted = "", true
		}
		p.Fields = append(p.Fields, kind)
		p.Content = wire.Content{Length: 1}
	}
	return p, nil
}

// demands reports whether a list of security requirements asks for credentials:
// it has a requirement, and none that is empty, which is anybody's.
func demands(list value) bool {
	if list.Node == nil || len(list.Content) == 0 {
		return false
	}
	for _, requirement := range list.Content {
		if len(requirement.Content) == 0 {
			return false
		}
	}
	return true
}
