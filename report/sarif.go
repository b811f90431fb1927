package report

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// sarif writes the Static Analysis Results Interchange Format 2.1.0 of OASIS.
// Results are written as they come and the rules, of which each is needed once,
// after them: members of an object have no order. Of each rule so many results
// are written; the rest is counted in the properties of the rule.
type sarif struct {
	w      *bufio.Writer
	o      Options
	groups groups
	index  map[string]int // a rule's place in the list of rules
	rules  []*lint.Rule
	any    bool
	notes  []sarifNote
	err    error
}

// mostResults of one rule; places that show SARIF take 25,000 in one run.
const mostResults = 1000

func newSARIF(w io.Writer, o Options) *sarif {
	s := &sarif{w: bufio.NewWriter(w), o: o, groups: newGroups(0), index: map[string]int{}}
	s.o.Show = orElse(o.Show, mostResults)
	s.w.WriteString(`{"version":"2.1.0","$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":[{"results":[`)
	return s
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   sarifProperties   `json:"properties"`
}

type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	Line   int   `json:"startLine,omitempty"`
	Offset int64 `json:"byteOffset"`
	Length int64 `json:"byteLength"`
}

type sarifLogical struct {
	Name string `json:"name"`
	Full string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type sarifProperties struct {
	Entry  int         `json:"entry"`
	Status status.Code `json:"status"`
	Part   lint.Part   `json:"part"`
	Field  string      `json:"field,omitempty"`
	Who    lint.Who    `json:"who"`
}

func (s *sarif) Finding(f *Finding) error {
	if s.groups.add(f) > s.o.Show {
		return nil
	}
	index, ok := s.index[f.Rule.Name]
	if !ok {
		index = len(s.rules)
		s.index[f.Rule.Name] = index
		s.rules = append(s.rules, f.Rule)
	}
	at := sarifPhysical{Artifact: sarifArtifact{uriOf(f.Place.Input)}}
	if f.Place.Offset >= 0 {
		at.Region = &sarifRegion{Line: f.Place.Line, Offset: f.Place.Offset}
	}
	says := wire.Printable(f.Message.In(s.o.Lang))
	for _, line := range f.Lines {
		says += "\n" + wire.Printable(line)
	}
	if s.any {
		s.w.WriteByte(',')
	}
	s.any = true
	return s.put(sarifResult{
		RuleID: f.Rule.Name, RuleIndex: index, Level: sarifLevel(f.Rule.Level),
		Message: sarifText{Text: says},
		Locations: []sarifLocation{{at, []sarifLogical{{
			Name: "entry " + strconv.Itoa(f.Place.Entry), Full: strings.TrimSpace(wire.Printable(f.Method + " " + f.URL)), Kind: "member",
		}}}},
		Fingerprints: map[string]string{"statute/v1": fingerprint(f)},
		Properties:   sarifProperties{f.Place.Entry, f.Status, f.Where.Part, wire.Printable(f.Where.Field), f.Rule.Who},
	})
}

// fingerprint is the finding's identity over several runs.
func fingerprint(f *Finding) string {
	sum := sha256.Sum256([]byte(Key(f).String()))
	return hex.EncodeToString(sum[:16])
}

type sarifNote struct {
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
}

func (s *sarif) Trouble(t *Trouble) error {
	if len(s.notes) < mostTroubles {
		s.notes = append(s.notes, sarifNote{
			Level: "error", Message: sarifText{Text: wire.Printable(t.Says.In(s.o.Lang))},
			Locations: []sarifLocation{{Physical: sarifPhysical{Artifact: sarifArtifact{uriOf(t.Input)}}}},
		})
	}
	return nil
}

func (*sarif) End(string) error { return nil }

func (s *sarif) Close(t *Tally) error {
	s.w.WriteString(`],"columnKind":"unicodeCodePoints","invocations":[`)
	notes := s.notes
	if notes == nil {
		notes = []sarifNote{}
	}
	s.put(map[string]any{"executionSuccessful": t.Troubles == 0, "toolExecutionNotifications": notes})
	s.w.WriteString(`],"tool":{"driver":`)
	driver := map[string]any{
		"name": "statute lint", "informationUri": home, "rules": s.descriptors(),
	}
	if s.o.Version != "" {
		driver["version"] = s.o.Version
	}
	s.put(driver)
	s.w.WriteString("}}]}\n")
	if err := s.w.Flush(); err != nil {
		return err
	}
	return s.err
}

// descriptors returns the rules that results refer to, in the order in which
// they do.
func (s *sarif) descriptors() []any {
	all := []any{}
	for _, r := range s.rules {
		n := s.groups.byRule[r.Name].n
		help := mend(r).In(s.o.Lang)
		all = append(all, map[string]any{
			"id":                   r.Name,
			"shortDescription":     sarifText{Text: title(r).In(s.o.Lang)},
			"fullDescription":      sarifText{Text: r.Spec},
			"help":                 sarifText{Text: help, Markdown: help},
			"helpUri":              specURL(r.Spec),
			"defaultConfiguration": map[string]any{"level": sarifLevel(r.Level)},
			"properties": map[string]any{
				"level": r.Level, "spec": r.Spec, "who": r.Who, "codes": codes(r),
				"findings": n, "shown": min(n, s.o.Show), "tags": []string{"http", string(r.Level)},
			},
		})
	}
	return all
}

func (s *sarif) put(v any) error {
	octets, err := json.Marshal(v)
	if err == nil {
		_, err = s.w.Write(octets)
	}
	if s.err == nil {
		s.err = err
	}
	return err
}

func sarifLevel(l lint.Level) string {
	switch l {
	case lint.Must:
		return "error"
	case lint.Advice:
		return "note"
	}
	return "warning"
}

// uriOf returns a file's name as a URI reference; an address is one already, or
// nearly.
func uriOf(input string) string {
	if strings.HasPrefix(input, "http://") || strings.HasPrefix(input, "https://") {
		return escaped(input, "-._~/!$&'()*+,;=@:?#[]%")
	}
	return escaped(filepath.ToSlash(input), "-._~/!$&'()*+,;=@")
}

// escaped writes every octet but letters, digits and those that are allowed as
// a percent escape (RFC 3986 §2.1).
func escaped(s, allowed string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(allowed, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// specURL returns where the first section of a rule's spec can be read.
func specURL(spec string) string {
	first, _, _ := strings.Cut(spec, ";")
	return cmp.Or(status.SpecURL(first), home)
}

// home is where the program is from.
const home = "https://github.com/statute-http/statute"
