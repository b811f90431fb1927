package statute_test

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/status"
)

var (
	gateRow   = regexp.MustCompile(`(?m)^\| ([0-9]+) [^|]+\|[^|]+\| ([^|]*) \|$`)
	gateLine  = regexp.MustCompile(`(?m)^[^0-9\n]* ([0-9]+) [a-z ]+?((?: +[1-5][0-9]{2})+(?:\n(?: +[1-5][0-9]{2})+)*)$`)
	threeFold = regexp.MustCompile(`\b[1-5][0-9]{2}\b`)
)

// The article about the order of decision lists, gate by gate, the codes that
// the gates which run can answer: all of them and no others. So do the READMEs.
func TestOrderTopic(t *testing.T) {
	running := map[int][]status.Code{}
	for _, g := range house.Gates() {
		running[g.Number] = append(running[g.Number], g.Answers...)
	}
	for _, l := range lang.All {
		article, err := manual.Topic("order", l)
		if err != nil {
			t.Fatal(err)
		}
		comparesGates(t, "manual/topics/order."+string(l)+".md", gateRow.FindAllStringSubmatch(article.Body, -1), running)
	}
	delete(running, 0) // of which the READMEs say what it asks
	for _, name := range []string{"README.md", "README.zh-TW.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		comparesGates(t, name, gateLine.FindAllStringSubmatch(string(text), -1), running)
	}
}

// comparesGates holds rows, of a gate's number and its codes, against what runs.
func comparesGates(t *testing.T, where string, rows [][]string, running map[int][]status.Code) {
	written := map[int]bool{}
	for _, row := range rows {
		number, _ := strconv.Atoi(row[1])
		written[number] = true
		var told []status.Code
		for _, digits := range threeFold.FindAllString(row[2], -1) {
			code, _ := strconv.Atoi(digits)
			told = append(told, status.Code(code))
		}
		if want := sorted(running[number]); !slices.Equal(sorted(told), want) {
			t.Errorf("%s: gate %d is said to answer %v, and can answer %v", where, number, sorted(told), want)
		}
	}
	for number := range running {
		if !written[number] {
			t.Errorf("%s says nothing of gate %d", where, number)
		}
	}
}

func sorted(codes []status.Code) []status.Code {
	codes = slices.Clone(codes)
	slices.Sort(codes)
	return slices.Compact(codes)
}
