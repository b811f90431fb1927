package main

import (
	"io"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// listCodes prints every registered code, by class, in columns that are read
// downwards.
func (env *environment) listCodes() error {
	t := env.terminal()
	var b strings.Builder
	for class := status.Informational; class <= status.ServerError; class++ {
		if class > status.Informational {
			b.WriteByte('\n')
		}
		b.WriteString(t.paint(strongStyle, env.in(classWords[class])) + "\n\n")
		var items []string
		for _, e := range status.Table {
			if e.Code.Class() == class {
				items = append(items, env.listItem(e))
			}
		}
		t.inColumns(&b, items, classStyles[class])
	}
	b.WriteByte('\n')
	t.wrap(&b, "", "", span{env.in(lang.Text{
		En:   "statute explain CODE says more of one, and of any other number too.",
		ZhTW: "statute explain CODE 說明其中一個；其他數字也可以查。"}), plainStyle})
	io.WriteString(env.stdout, b.String())
	return nil
}

// listItem returns a code and its name, and its maturity where that is not the
// usual one and not the name itself.
func (env *environment) listItem(e status.Entry) string {
	item := e.Code.String() + " " + env.in(lang.Text{En: e.Name, ZhTW: e.NameZhTW})
	if e.Maturity == status.Standard || e.Maturity == status.Unused {
		return item
	}
	word := env.in(maturityWords[e.Maturity])
	return item + env.in(lang.Text{En: " (" + word + ")", ZhTW: "（" + word + "）"})
}

// inColumns sets items, which begin with a code, in as many columns as fit.
func (t terminal) inColumns(b *strings.Builder, items []string, codes style) {
	const gap = 2
	widest := 0
	for _, item := range items {
		widest = max(widest, columns(item))
	}
	across := max(1, (t.width-len(bodyIndent)+gap)/(widest+gap))
	down := (len(items) + across - 1) / across
	for row := range down {
		b.WriteString(bodyIndent)
		for i := row; i < len(items); i += down {
			item := items[i]
			if i+down < len(items) {
				item = pad(item, widest+gap)
			}
			digits, name, _ := strings.Cut(item, " ")
			b.WriteString(t.paint(codes, digits) + " " + name)
		}
		b.WriteByte('\n')
	}
}
