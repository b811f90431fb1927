// Package exam asks other people's software whether it treats status codes as
// the specifications demand.
//
// A [Case] is one question to a subject in one [Role]: a client, a server, a
// proxy. It names the requirement, its section and its level, and it stages the
// circumstance in which the requirement matters. What the subject does next is
// graded by a [Verdict]; there is no score. Each role has a package of its own,
// exam/client, exam/server, exam/proxy, with the cases by topic and what drives
// such a subject; this package has what they share: cases, running ([Run]),
// results ([Sheet]), expectations ([Expectations]) and comparison ([Compare]).
//
// # Verdicts
//
//   - pass: the subject did one of the lawful things
//   - refused: it gave a clear error where the other side broke a rule first,
//     which is as good as a pass
//   - fail: it did something unlawful, at the case's level
//   - info: the specifications leave it open; the value says what it did
//   - n/a: it cannot be asked, for the reason given: it lacks the ability, or
//     does not even do the plain thing that the case varies
//   - void: we could not stage the case
//   - flaky: asked again, it did something else
//
// A fail counts only if the subject does right in the control: the same case,
// different in nothing but the octets that are tested. Before any case, each
// ability that it needs is tried in a baseline case; what the subject cannot do
// there makes the dependent cases n/a, not failed.
//
// # Limits
//
// A trial has a time; a subject that hangs costs its case that time and nothing
// else. Whatever a trial opened is closed when it ends.
package exam

import (
	"slices"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A Role is what the subject is in the exchange.
type Role string

const (
	Client Role = "client"
	Server Role = "server"
	Proxy  Role = "proxy"
)

// A Level says how much the requirement weighs.
type Level string

const (
	Must    Level = "must"
	Should  Level = "should"
	DeFacto Level = "de-facto" // no sentence of an RFC; what everybody has to do to be safe or to work
	Info    Level = "info"     // nothing is required; the value is recorded
)

// Levels lists all of them, the gravest first.
var Levels = []Level{Must, Should, DeFacto, Info}

// A Capability is something that a subject can do or not: "redirect", "proxy".
// Each role names its own.
type Capability string

// A Case asks a subject in one Role one question. Its Name is never changed and
// never reused.
type Case struct {
	Name  string // "1xx-103-then-200"
	Topic string // "interim", as the file is called
	Role  Role
	Level Level
	Spec  string        // sections, separated by "; "
	Codes []status.Code // those that the question is about
	Over  []wire.Protocol

	Stages lang.Text // what the subject meets
	Wants  lang.Text // what it may lawfully do then

	Needs  []Capability  // without them the case is n/a
	Proves Capability    // a baseline: passing it proves the capability
	Slow   bool          // has to wait for a time limit of the subject's own
	Alone  bool          // may spoil what others share with it, so nothing is asked meanwhile
	Limit  time.Duration // of one trial; DefaultLimit if zero

	// Run stages the case for the trial's subject and grades it.
	Run func(*Trial) Verdict

	// Fault is what is wrong with the subject that fails this case, by its name
	// in the role's table of faults; of a case of level info, what makes it give
	// another value.
	Fault string
}

// DefaultLimit is how long a trial may take.
const DefaultLimit = 15 * time.Second

// Baseline reports whether the case tries an ability instead of asking a
// question.
func (c *Case) Baseline() bool { return c.Proves != "" }

// Plays reports whether the case can be asked over the protocol.
func (c *Case) Plays(p wire.Protocol) bool { return slices.Contains(c.Over, p) }

// An Outcome is the kind of a verdict.
type Outcome string

const (
	Pass    Outcome = "pass"
	Refused Outcome = "refused"
	Fail    Outcome = "fail"
	Value   Outcome = "info"
	NA      Outcome = "n/a"
	Void    Outcome = "void"
	Flaky   Outcome = "flaky"
)

// Outcomes lists all of them, the worst first.
var Outcomes = []Outcome{Fail, Flaky, Void, Refused, Value, Pass, NA}

// A Verdict is the grade of one trial.
type Verdict struct {
	Outcome Outcome
	Value   string    // of info: what the subject did, in a word: "followed"
	Detail  lang.Text // what was seen, with this trial's own facts

	// Level is how much the requirement weighs for this subject, where that is
	// less than the case says; empty where it is not.
	Level Level

	// Fetch is the outcome by the Fetch standard where it differs from that by
	// the RFCs, which browsers then follow; empty where it does not.
	Fetch Outcome
}

// Passed, Failed and so on make verdicts. The texts say what was seen.
func Passed(seen lang.Text) Verdict          { return Verdict{Outcome: Pass, Detail: seen} }
func Failed(seen lang.Text) Verdict          { return Verdict{Outcome: Fail, Detail: seen} }
func Refusing(seen lang.Text) Verdict        { return Verdict{Outcome: Refused, Detail: seen} }
func Voided(why lang.Text) Verdict           { return Verdict{Outcome: Void, Detail: why} }
func NotAsked(why lang.Text) Verdict         { return Verdict{Outcome: NA, Detail: why} }
func Noted(v string, seen lang.Text) Verdict { return Verdict{Outcome: Value, Value: v, Detail: seen} }
