package capture

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/statute-http/statute/lang"
)

// A value is a node of a description that may not be there.
type value struct{ *yaml.Node }

// text is what a scalar holds.
func (v value) text() string {
	if v.Node == nil || v.Kind != yaml.ScalarNode {
		return ""
	}
	return v.Value
}

// parse reads YAML or JSON. YAML is said to hold JSON, but its readers refuse
// tabs, with which people indent JSON; so that has its own way here.
func (d *descriptionReader) parse(data []byte) (*yaml.Node, error) {
	if bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) {
		j := &jsonTree{w: newWalker(bytes.NewReader(data)), lines: d.lines}
		j.w.name = make([]byte, 8<<10)
		root, err := j.value()
		if err != nil {
			return nil, d.json(err)
		}
		return root, nil
	}
	var document yaml.Node
	if err := yaml.Load(data, &document); err != nil {
		return nil, d.in.broken(-1, lang.Text{En: "the YAML cannot be read", ZhTW: "無法讀取 YAML"}, err)
	}
	if len(document.Content) == 0 {
		return nil, d.in.broken(0, lang.Text{En: "the description is empty", ZhTW: "描述是空的"}, nil)
	}
	return document.Content[0], nil
}

func (d *descriptionReader) json(err error) error {
	err = d.in.json(err)
	var fault *Error
	if errors.As(err, &fault) {
		fault.Line = line(d.lines, fault.Offset)
	}
	return err
}

// line returns the number of the line that holds the octet.
func line(lines []int64, offset int64) int {
	low, high := 0, len(lines)
	for high-low > 1 {
		if mid := (low + high) / 2; lines[mid] <= offset {
			low = mid
		} else {
			high = mid
		}
	}
	return low + 1
}

// A jsonTree makes nodes of JSON.
type jsonTree struct {
	w     *walker
	lines []int64
}

func (j *jsonTree) node(kind yaml.Kind) *yaml.Node {
	at := j.w.offset()
	n := line(j.lines, at)
	return &yaml.Node{Kind: kind, Line: n, Column: int(at-j.lines[n-1]) + 1}
}

func (j *jsonTree) value() (*yaml.Node, error) {
	c, err := j.w.next()
	if err != nil {
		return nil, err
	}
	switch c {
	case '{':
		n := j.node(yaml.MappingNode)
		return n, j.w.object(func(name []byte) error {
			key := j.node(yaml.ScalarNode)
			key.Value = string(name)
			member, err := j.value()
			n.Content = append(n.Content, key, member)
			return err
		})
	case '[':
		n := j.node(yaml.SequenceNode)
		return n, j.w.array(func() error {
			element, err := j.value()
			n.Content = append(n.Content, element)
			return err
		})
	}
	n := j.node(yaml.ScalarNode)
	if c != '"' {
		return n, j.w.skip() // no number or truth is asked for
	}
	text, _, err := j.w.text(nil, 64<<10)
	n.Value = string(text)
	return n, err
}

// at makes an error about a node.
func (d *descriptionReader) at(n *yaml.Node, says lang.Text) error {
	fault := d.in.broken(d.offset(n), says, nil)
	fault.Entry, fault.Line = 0, n.Line
	return fault
}

func (d *descriptionReader) offset(n *yaml.Node) int64 {
	if n.Line < 1 || n.Line > len(d.lines) {
		return 0
	}
	return d.lines[n.Line-1] + int64(max(0, n.Column-1))
}

// members yields the members of a mapping, aliases followed.
func (d *descriptionReader) members(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(*yaml.Node, *yaml.Node) bool) {
		if n = unalias(n); n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], unalias(n.Content[i+1])) {
				return
			}
		}
	}
}

func (d *descriptionReader) elements(n *yaml.Node) []*yaml.Node {
	if n = unalias(n); n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

func unalias(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// get returns the member with the name. Large mappings, into which references
// lead again and again, are looked through once.
func (d *descriptionReader) get(n *yaml.Node, name string) value {
	if n = unalias(n); n != nil && n.Kind == yaml.MappingNode && len(n.Content) > 200 {
		members, ok := d.large[n]
		if !ok {
			members = make(map[string]*yaml.Node, len(n.Content)/2)
			for key, member := range d.members(n) {
				if _, twice := members[key.Value]; !twice {
					members[key.Value] = member
				}
			}
			d.large[n] = members
		}
		return value{members[name]}
	}
	for key, member := range d.members(n) {
		if key.Value == name {
			return value{member}
		}
	}
	return value{}
}

// resolve follows references within the description (RFC 6901 within a URI
// fragment), one to another, so far.
func (d *descriptionReader) resolve(n *yaml.Node) (*yaml.Node, error) {
	n = unalias(n)
	from := n
	for range deepestChain {
		ref := d.get(n, "$ref").text()
		if ref == "" {
			return n, nil
		}
		pointer, ok := strings.CutPrefix(ref, "#")
		if !ok {
			return nil, d.at(from, lang.Text{
				En:   fmt.Sprintf("$ref: %q leads to another file, which is not read", ref),
				ZhTW: fmt.Sprintf("$ref: %q 指向另一個檔案，不會讀取", ref)})
		}
		if n = d.find(pointer); n == nil {
			return nil, d.at(from, lang.Text{
				En:   fmt.Sprintf("$ref: %q leads to nothing", ref),
				ZhTW: fmt.Sprintf("$ref: %q 指向的內容不存在", ref)})
		}
	}
	return nil, d.at(from, lang.Text{
		En:   fmt.Sprintf("the reference leads on and on, further than %d times", deepestChain),
		ZhTW: fmt.Sprintf("參照一再指向其他參照，超過 %d 次", deepestChain)})
}

// find returns what the JSON pointer leads to, or nil.
func (d *descriptionReader) find(pointer string) *yaml.Node {
	n := d.root
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if plain, err := url.PathUnescape(part); err == nil {
			part = plain
		}
		part = strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
		if list := d.elements(n); list != nil {
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(list) {
				return nil
			}
			n = unalias(list[i])
			continue
		}
		if n = d.get(n, part).Node; n == nil {
			return nil
		}
	}
	return n
}
