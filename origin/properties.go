package origin

import (
	"crypto/sha1"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/status"
)

// A propertyDoc is a dead property: one that the server only keeps (RFC 4918 §4).
type propertyDoc struct {
	Space string `json:"space,omitempty"`
	Local string `json:"local"`
	XML   string `json:"xml"` // the whole element
}

func (n *nodeDoc) propertySize() (octets int64) {
	for _, p := range n.Properties {
		octets += int64(len(p.XML))
	}
	return octets
}

// A liveProperty is one that the server makes: its value as XML, and whether a
// resource has it.
type liveProperty struct {
	name   string // in WebDAV's namespace
	always bool   // allprop asks for it too (RFC 4918 §9.1); the others are left out: RFC 4331 §3, §4; RFC 5842 §3
	value  func(*View, *subject) (xml string, ok bool)
}

// A subject is the resource whose properties are asked for.
type subject struct {
	rel        string
	id         string
	collection bool
	doc        *nodeDoc // nil for a collection of the plan
	node       *Node
}

var liveProperties = []liveProperty{
	{"creationdate", true, func(_ *View, s *subject) (string, bool) {
		if s.doc == nil {
			return "", false
		}
		return s.doc.Created.UTC().Format(time.RFC3339), true // RFC 4918 §15.1
	}},
	{"getcontentlanguage", true, func(_ *View, s *subject) (string, bool) {
		v := s.variant()
		return v.Language, v.Language != ""
	}},
	{"getcontentlength", true, func(_ *View, s *subject) (string, bool) {
		return strconv.FormatInt(s.variant().Blob.Size, 10), !s.collection
	}},
	{"getcontenttype", true, func(_ *View, s *subject) (string, bool) {
		v := s.variant()
		return escapeXML(v.Type), v.Type != ""
	}},
	{"getetag", true, func(_ *View, s *subject) (string, bool) {
		v := s.variant()
		return escapeXML(v.Tag), v.Tag != ""
	}},
	{"getlastmodified", true, func(_ *View, s *subject) (string, bool) {
		if s.doc == nil {
			return "", false
		}
		return s.doc.Modified.UTC().Format(http.TimeFormat), true
	}},
	{"lockdiscovery", true, func(v *View, s *subject) (string, bool) {
		return v.lockDiscovery(v.covering(s.id)), true
	}},
	{"resourcetype", true, func(_ *View, s *subject) (string, bool) {
		if s.collection {
			return "<D:collection/>", true
		}
		return "", true
	}},
	{"supportedlock", true, func(_ *View, s *subject) (string, bool) {
		if !slices.Contains(s.node.Allow, lock) {
			return "", true
		}
		return lockEntry("exclusive") + lockEntry("shared"), true
	}},
	{"quota-available-bytes", false, func(v *View, s *subject) (string, bool) { // RFC 4331 §3
		return strconv.FormatInt(v.room(), 10), s.collection && v.room() >= 0
	}},
	{"quota-used-bytes", false, func(v *View, s *subject) (string, bool) { // RFC 4331 §4
		return strconv.FormatInt(v.doc.Used, 10), s.collection && v.room() >= 0
	}},
	{"resource-id", false, func(v *View, s *subject) (string, bool) { // RFC 5842 §3.1
		return element1("D:href", "urn:uuid:"+v.uuid(s.id)), true
	}},
	{"parent-set", false, func(v *View, s *subject) (string, bool) { // RFC 5842 §3.2
		return v.parentSet(s.id), s.doc != nil
	}},
}

func (s *subject) variant() Variant {
	if len(s.node.Variants) == 0 {
		return Variant{}
	}
	return s.node.Variants[0]
}

func lockEntry(scope string) string {
	return "<D:lockentry><D:lockscope><D:" + scope + "/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>"
}

// uuid is the resource's id for all time: a name-based one (RFC 9562 §5.5,
// unverified) for a collection of the plan.
func (v *View) uuid(id string) string {
	if !strings.HasPrefix(id, "/") {
		return id
	}
	sum := sha1.Sum([]byte("statute:" + v.w.Key + id))
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// parentSet lists the bindings to the resource, each collection by one of its
// paths.
func (v *View) parentSet(id string) string {
	if v.paths == nil {
		v.paths = v.findPaths()
	}
	var all []string
	for key, n := range v.doc.Names {
		if parent := parentOf(key); n.ID == id && v.paths[parent] != "" {
			all = append(all, "<D:parent>"+element1("D:href", v.href(v.paths[parent], true))+element1("D:segment", escapePath(segmentOf(key)))+"</D:parent>")
		}
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

// findPaths returns one path for each collection, the first that a walk by levels
// finds.
func (v *View) findPaths() map[string]string {
	paths := map[string]string{}
	var queue []string
	for key := range v.doc.Names {
		if root := parentOf(key); strings.HasPrefix(key, "/") && paths[root] == "" {
			paths[root] = root
			queue = append(queue, root)
		}
	}
	slices.Sort(queue)
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, m := range v.doc.members(at) {
			if paths[m.id] == "" && v.doc.isCollection(m.id) {
				paths[m.id] = paths[at] + "/" + m.segment
				queue = append(queue, m.id)
			}
		}
	}
	return paths
}

// answer returns the properties of a resource that the question asks for; those
// that are found under the code given.
func (v *View) answer(q *question, rel, id string, code status.Code) []propstat {
	s := &subject{rel: rel, id: id, doc: v.doc.Nodes[id], collection: v.doc.isCollection(id)}
	s.node = v.node(v.slashed(rel, s.collection))
	has, hasNot := propstat{code: code}, propstat{code: 404}
	asked := q.named
	if asked == nil {
		asked = slices.Concat(v.allNames(s, q.namesOnly), q.include)
	}
	seen := map[xml.Name]bool{}
	for _, name := range asked {
		if seen[name] {
			continue
		}
		seen[name] = true
		text, ok := v.property(s, name)
		switch {
		case !ok:
			hasNot.properties = append(hasNot.properties, empty(name))
		case q.namesOnly:
			has.properties = append(has.properties, empty(name))
		default:
			has.properties = append(has.properties, text)
		}
	}
	stats := []propstat{has, hasNot}
	stats = slices.DeleteFunc(stats, func(p propstat) bool { return len(p.properties) == 0 })
	if len(stats) == 0 {
		return []propstat{has} // RFC 4918 §14.24: a response has at least one
	}
	return stats
}

func (v *View) slashed(rel string, collection bool) string {
	if collection {
		return rel + "/"
	}
	return rel
}

// allNames are the properties that allprop, or propname, speaks of: of the live
// ones those that the resource has.
func (v *View) allNames(s *subject, every bool) []xml.Name {
	var names []xml.Name
	for _, p := range liveProperties {
		if _, has := p.value(v, s); has && (every || p.always) {
			names = append(names, xml.Name{Space: dav, Local: p.name})
		}
	}
	if s.doc != nil {
		for _, p := range s.doc.Properties {
			names = append(names, xml.Name{Space: p.Space, Local: p.Local})
		}
	}
	return names
}

// property returns the element of a property; ok is false if the resource has
// none.
func (v *View) property(s *subject, name xml.Name) (text string, ok bool) {
	if live := liveOf(name); live != nil {
		value, ok := live.value(v, s)
		if value == "" {
			return "<D:" + live.name + "/>", ok
		}
		return "<D:" + live.name + ">" + value + "</D:" + live.name + ">", ok
	}
	if s.doc != nil {
		for _, p := range s.doc.Properties {
			if p.Space == name.Space && p.Local == name.Local {
				return p.XML, true
			}
		}
	}
	return "", false
}

func liveOf(name xml.Name) *liveProperty {
	for i := range liveProperties {
		if name.Space == dav && liveProperties[i].name == name.Local {
			return &liveProperties[i]
		}
	}
	return nil
}
