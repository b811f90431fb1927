package manual

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
)

// A Role is one of those whom a page asks something of.
type Role string

const (
	Server       Role = "server"
	Client       Role = "client"
	Cache        Role = "cache"
	Intermediary Role = "intermediary"
)

// Roles lists them, in the order in which every page speaks of them.
var Roles = []Role{Server, Client, Cache, Intermediary}

// A Duty is one item of the list of who must do what.
type Duty struct {
	Role   Role
	Levels []string // how strongly it binds, in RFC 2119's words in lower case, as often as the item says: "must", "should not"
	Text   string   // what is asked, as Markdown, with neither role nor citation
	Spec   string   // "RFC 9110 §15.5.5"
}

// Duties returns the items of a page's list of who must do what, in order.
// A role of which nothing is asked has none.
func (a Article) Duties(l lang.Tag) ([]Duty, error) {
	w := dutyWords[l]
	_, list, ok := strings.Cut(a.Body, "## "+w.heading+"\n")
	if !ok {
		return nil, fmt.Errorf("%s has no section %q", a.Title, w.heading)
	}
	list, _, _ = strings.Cut(list, "\n## ")
	var duties []Duty
	spoken := map[Role]bool{}
	for line := range strings.Lines(list) {
		item, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "- ")
		if !ok {
			continue
		}
		name, text, _ := strings.Cut(item, w.mark)
		i := slices.Index(w.roles, name)
		if i < 0 {
			return nil, fmt.Errorf("%s: begin the duty with one of %s, not %q", a.Title, strings.Join(w.roles, ", "), item)
		}
		role := Roles[i]
		if n := len(duties); n > 0 && slices.Index(Roles, duties[n-1].Role) > i {
			return nil, fmt.Errorf("%s: the duties stand in the order %v: %q", a.Title, w.roles, item)
		}
		if text == w.nothing && !spoken[role] {
			spoken[role] = true
			continue
		}
		d, err := w.duty(role, text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %q", a.Title, err, item)
		}
		spoken[role] = true
		duties = append(duties, d)
	}
	for i, role := range Roles {
		if !spoken[role] {
			return nil, fmt.Errorf("%s: say what the %s must do, or %q", a.Title, w.roles[i], w.roles[i]+w.mark+w.nothing)
		}
	}
	return duties, nil
}

// The words of the lists, in each language; equal places in two of them mean
// the same.
type dutyWording struct {
	heading string
	roles   []string
	mark    string // behind the role
	levels  []string
	nothing string // is asked of this role; what holds for every code, as to forward what one does not know, is not repeated
}

var dutyWords = map[lang.Tag]dutyWording{
	lang.En: {
		"Who must do what", []string{"Server", "Client", "Cache", "Intermediary"}, ": ",
		[]string{"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"},
		"nothing of its own; what holds for every code holds here too.",
	},
	lang.ZhTW: {
		"誰該做什麼", []string{"伺服器", "用戶端", "快取", "中介者"}, "：",
		[]string{"必須", "不得", "應該", "不應", "可以"},
		"沒有專屬的要求，對所有狀態碼都成立的規則在這裡同樣成立。",
	},
}

var (
	bold     = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	dutySpec = regexp.MustCompile(` ?\[(RFC [0-9]{4} §[0-9]+(?:\.[0-9]+)*)\]$`)
)

// duty reads an item behind its role.
func (w dutyWording) duty(role Role, text string) (Duty, error) {
	d := Duty{Role: role}
	for _, m := range bold.FindAllStringSubmatch(text, -1) {
		i := slices.Index(w.levels, m[1])
		if i < 0 {
			return d, fmt.Errorf("bold is for requirement words: %s", strings.Join(w.levels, ", "))
		}
		d.Levels = append(d.Levels, strings.ToLower(dutyWords[lang.En].levels[i]))
	}
	if len(d.Levels) == 0 {
		return d, fmt.Errorf("say how strongly it binds: %s", strings.Join(w.levels, ", "))
	}
	m := dutySpec.FindStringSubmatchIndex(text)
	if m == nil {
		return d, fmt.Errorf("end with the section in brackets: [RFC 9110 §15.5.5]")
	}
	d.Text, d.Spec = text[:m[0]], text[m[2]:m[3]]
	return d, nil
}
