package statute_test

import (
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
	threeFold = regexp.MustCompile(`\b[1-5][0-9]{2}\b`)
)

// The article about the order of decision lists, gate by gate, the codes that
// the gates which run can answer: all of them and no others.
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
		rows := gateRow.FindAllStringSubmatch(article.Body, -1)
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
				t.Errorf("manual/topics/order.%s.md: gate %d is said to answer %v, and can answer %v", l, number, sorted(told), want)
			}
		}
		for number := range running {
			if !written[number] {
				t.Errorf("manual/topics/order.%s.md has no row for gate %d", l, number)
			}
		}
	}
}

func sorted(codes []status.Code) []status.Code {
	codes = slices.Clone(codes)
	slices.Sort(codes)
	return slices.Compact(codes)
}
