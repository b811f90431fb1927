package origin

import (
	"encoding/xml"
	"errors"
	"slices"
	"strings"
)

// An instruction of PROPPATCH sets a property or removes it (RFC 4918 §14.26,
// §14.23).
type instruction struct {
	property *element
	remove   bool
}

// readPropertyUpdate reads the instructions, in the order of the document, which
// counts (RFC 4918 §9.2).
func readPropertyUpdate(root *element) ([]instruction, error) {
	if root == nil || root.name != (xml.Name{Space: dav, Local: "propertyupdate"}) {
		return nil, cannot("content", "PROPPATCH needs DAV:propertyupdate", "PROPPATCH 需要 DAV:propertyupdate")
	}
	var all []instruction
	for _, e := range root.elements() {
		remove := e.name.Local == "remove"
		if e.name.Space != dav || !remove && e.name.Local != "set" {
			continue // RFC 4918 §17: what is not known is passed over
		}
		prop := e.child("prop")
		if prop == nil {
			return nil, cannot(e.name.Local, "it holds one prop", "裡面要有一個 prop")
		}
		for _, p := range prop.elements() {
			p.inherit(prop, e, root)
			all = append(all, instruction{p, remove})
		}
	}
	if len(all) == 0 {
		return nil, cannot("propertyupdate", "it sets and removes nothing", "沒有要設定或移除的屬性")
	}
	return all, nil
}

// inherit gives the property the language that it is in by those around it,
// which has to be kept with it (RFC 4918 §4.3).
func (e *element) inherit(around ...*element) {
	isLang := func(a xml.Attr) bool { return a.Name == xml.Name{Space: xmlSpace, Local: "lang"} }
	for _, outer := range append([]*element{e}, around...) {
		if i := slices.IndexFunc(outer.attrs, isLang); i >= 0 {
			if outer != e {
				e.attrs = append(e.attrs, outer.attrs[i])
			}
			return
		}
	}
}

// proppatch is PROPPATCH (RFC 4918 §9.2): all of it, or nothing.
func (d *decision) proppatch() error {
	stats := d.verdicts()
	if len(stats) == 0 {
		done := propstat{code: 200}
		err := d.alter(func(v *View) error {
			rel, _ := v.rel(d.r.URL.Path)
			return v.change(v.at(rel).id, d.instructions)
		})
		if errors.Is(err, ErrNoRoom) {
			// What would have fitted alone depends on the rest: all share the code.
			done = propstat{code: 507, condition: noRoom(15, err).Condition}
		} else if err != nil {
			return err
		}
		for _, in := range d.instructions {
			done.add(in)
		}
		stats = []propstat{done}
	}
	v, err := d.space()
	if err != nil {
		return err
	}
	rel, _ := v.rel(d.r.URL.Path)
	var m multistatus
	m.properties(v.href(rel, d.node.Collection), stats...)
	return m.send(d)
}

// verdicts groups the instructions by what speaks against them; those that nothing
// speaks against fail with the others. It returns nothing if all can be done.
func (d *decision) verdicts() []propstat {
	protected := propstat{code: 403, condition: condition("cannot-modify-protected-property")}
	unfit, others := propstat{code: 409}, propstat{code: 424}
	for _, in := range d.instructions {
		switch {
		case in.isLanguage() && !d.node.Collection:
			if in.remove || isLanguageTag(in.property.text()) {
				others.add(in)
			} else {
				unfit.add(in) // RFC 4918 §9.2.1
			}
		case liveOf(in.property.name) != nil:
			protected.add(in)
		default:
			others.add(in)
		}
	}
	if len(protected.properties)+len(unfit.properties) == 0 {
		return nil
	}
	stats := []propstat{protected, unfit, others}
	return slices.DeleteFunc(stats, func(p propstat) bool { return len(p.properties) == 0 })
}

// add adds the property of the instruction, once.
func (p *propstat) add(in instruction) {
	if name := empty(in.property.name); !slices.Contains(p.properties, name) {
		p.properties = append(p.properties, name)
	}
}

// isLanguage reports whether the instruction is about the one live property that
// clients should be able to set (RFC 4918 §15.3).
func (in instruction) isLanguage() bool {
	return in.property.name == xml.Name{Space: dav, Local: "getcontentlanguage"}
}

// isLanguageTag reports whether the text can be a language tag (RFC 9110 §8.5.1).
func isLanguageTag(text string) bool {
	const may = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
	return text != "" && len(text) <= 100 && strings.Trim(text, may) == ""
}

// Bounds of dead properties, in octets. They stand in the document of the world,
// which is read and written as a whole.
const (
	mostProperties        = 64 << 10  // of one resource
	mostPropertiesOfWorld = 256 << 10 // of all together
)

// roomForProperties reports whether so many octets of properties may be added.
func (d *worldDoc) roomForProperties(octets int64) bool {
	for _, n := range d.Nodes {
		octets += n.propertySize()
	}
	return octets <= mostPropertiesOfWorld
}

// change carries the instructions out on the resource's dead properties.
func (v *View) change(id string, instructions []instruction) error {
	old := v.doc.Nodes[id]
	next := *old
	next.Properties = slices.Clone(old.Properties)
	for _, in := range instructions {
		name := in.property.name
		if in.isLanguage() {
			next.Language = ""
			if !in.remove {
				next.Language = in.property.text()
			}
			continue
		}
		// RFC 4918 §14.23: to remove what is not there is no error.
		next.Properties = slices.DeleteFunc(next.Properties, func(p propertyDoc) bool { return p.Space == name.Space && p.Local == name.Local })
		if !in.remove {
			next.Properties = append(next.Properties, propertyDoc{name.Space, name.Local, in.property.String()})
		}
	}
	more := next.propertySize() - old.propertySize()
	if more > 0 && (next.propertySize() > mostProperties || !v.doc.roomForProperties(more)) {
		return ErrNoRoom
	}
	if err := v.doc.charge(more); err != nil {
		return err
	}
	v.doc.Count++
	next.Version = v.doc.Count
	v.doc.Nodes[id] = &next
	return nil
}
