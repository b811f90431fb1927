package site

import (
	"fmt"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A scene is a stage.Scene as its page shows it.
type scene struct {
	stage.Scene
	CueSteps     []step
	ControlSteps []step
	Commands     string // a shell script that plays all of it
	Protocols    string // "HTTP/1.1, HTTP/2"
}

// A step is a stage.Step as its page shows it.
type step struct {
	Request  string
	Manner   stage.Manner
	Again    bool
	Early    bool
	From     string // address that it is sent from
	Door     stage.Door
	Wait     int64 // seconds before it
	Retry    bool
	Beside   []step
	Interim  []status.Code
	Status   status.Code
	Carries  wire.Fields
	Evidence []lang.Text
}

func (p page) scenes(code status.Code, to origin) ([]scene, error) {
	var scenes []scene
	for _, s := range stage.Of(code) {
		commands, err := p.commands(s, to)
		if err != nil {
			return nil, err
		}
		scenes = append(scenes, scene{
			Scene:        s,
			CueSteps:     stepsOf(s.Cue, to),
			ControlSteps: stepsOf(s.Control, to),
			Commands:     commands,
			Protocols:    protocolNames(s.Over),
		})
	}
	return scenes, nil
}

func stepsOf(all []stage.Step, to origin) []step {
	var steps []step
	for _, s := range all {
		shown := step{
			Request: to.shown(s),
			Manner:  s.Manner,
			Again:   s.Again,
			Early:   s.Early,
			From:    s.From,
			Door:    s.Door,
			Wait:    wholeSeconds(s.Wait),
			Retry:   s.Retry,
			Beside:  stepsOf(s.Beside, to),
			Interim: s.Interim,
			Status:  s.Status,
			Carries: s.Carries,
		}
		for _, r := range s.Reports {
			shown.Evidence = append(shown.Evidence, r.Says())
		}
		for _, e := range s.Evidence {
			shown.Evidence = append(shown.Evidence, e.Says)
		}
		steps = append(steps, shown)
	}
	return steps
}

// commands returns the script of a scene: the cue and then, with the same fresh
// name, the control. Each part begins with a remark that says what to expect.
func (p page) commands(s stage.Scene, to origin) (string, error) {
	if slices.ContainsFunc(slices.Concat(s.Cue, s.Control), func(s stage.Step) bool { return s.Early }) {
		// Nothing else that people have can keep a handshake back.
		return fmt.Sprintf("statute play %d --over h3 --at %s\n", s.Code, to.word("{base}")), nil
	}
	var b strings.Builder
	script := to.script(s.Cue, s.Control)
	for _, line := range script.Before {
		b.WriteString(line + "\n")
	}
	for _, part := range []struct {
		name  string
		steps []stage.Step
		lines []string
	}{
		{"cue", s.Cue, script.Cue},
		{"control", s.Control, script.Control},
	} {
		name, err := p.Say(part.name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "# %s: %s\n", name, answersOf(part.steps))
		for _, line := range part.lines {
			b.WriteString(line + "\n")
		}
	}
	return b.String(), nil
}

// answersOf returns the statuses that steps get, as in "100 201, 200"; those of
// requests beside a step follow its own, since they end after it.
func answersOf(steps []stage.Step) string {
	var all []string
	for _, s := range steps {
		var codes []string
		for _, c := range s.Interim {
			codes = append(codes, c.String())
		}
		all = append(all, strings.Join(append(codes, s.Status.String()), " "))
		if s.Beside != nil {
			all = append(all, answersOf(s.Beside))
		}
	}
	return strings.Join(all, ", ")
}

var protocolName = map[wire.Protocol]string{wire.H1: "HTTP/1.1", wire.H2: "HTTP/2", wire.H3: "HTTP/3"}

func protocolNames(protocols []wire.Protocol) string {
	var names []string
	for _, p := range protocols {
		names = append(names, protocolName[p])
	}
	return strings.Join(names, ", ")
}

// A stepsPage is what the template of steps is filled with.
type stepsPage struct {
	page
	Steps []step
}

// WithSteps returns the page with the steps of one part of a scene.
func (p page) WithSteps(steps []step) stepsPage { return stepsPage{p, steps} }
