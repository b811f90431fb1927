package status

import (
	"cmp"
	"slices"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	for _, tt := range []struct {
		code    Code
		name    string // of the entry, or of the private uses
		treatAs Code
	}{
		{100, "Continue", 100},
		{412, "Precondition Failed", 412},
		{511, "Network Authentication Required", 511},
		{305, "Use Proxy", 300},
		{306, "(Unused)", 300},
		{418, "(Unused)", 400},
		{102, "Processing", 102},
		{199, "", 100},
		{299, "", 200},
		{399, "", 300},
		{471, "", 400},
		{599, "Network Connect Timeout Error, No response, Server operation failed", 500},
		{499, "Client Closed Request, Token Required", 400},
		{218, "This is fine", 200},
		{999, "Request denied", 500},
		{99, "", 500},
		{0, "", 500},
		{-1, "", 500},
		{600, "Invalid header", 500},
		{1 << 40, "", 500},
	} {
		m := Lookup(tt.code)
		var names []string
		if m.Entry != nil {
			names = append(names, m.Entry.Name)
		}
		for _, p := range m.Private {
			names = append(names, p.Name)
		}
		if got := strings.Join(names, ", "); got != tt.name {
			t.Errorf("Lookup(%d) is called %q, want %q", tt.code, got, tt.name)
		}
		if m.TreatAs != tt.treatAs {
			t.Errorf("Lookup(%d).TreatAs = %d, want %d", tt.code, m.TreatAs, tt.treatAs)
		}
	}
}

// checkMeaning holds for every integer.
func checkMeaning(t *testing.T, c Code) {
	t.Helper()
	m := Lookup(c)
	if m.Code != c {
		t.Errorf("Lookup(%d).Code = %d", c, m.Code)
	}
	inTable := slices.ContainsFunc(Table, func(e Entry) bool { return e.Code == c })
	e, ok := Get(c)
	if ok != inTable || (m.Entry != nil) != inTable || ok && (e.Code != c || m.Entry.Code != c) {
		t.Errorf("%d: in the table %v; Get says %v, %d; Lookup says %v", c, inTable, ok, e.Code, m.Entry)
	}
	var private []string
	for _, p := range NonStandard {
		if p.Code == c {
			private = append(private, p.Name)
		}
	}
	if len(m.Private) != len(private) {
		t.Errorf("%d: Lookup gives %d private uses, the list has %q", c, len(m.Private), private)
	}
	for i := range m.Private {
		if m.Private[i].Code != c || m.Private[i].Name != private[i] {
			t.Errorf("%d: private use %d is %d %s, want %s", c, i, m.Private[i].Code, m.Private[i].Name, private[i])
		}
	}
	if m.TreatAs != c && m.TreatAs%100 != 0 {
		t.Errorf("%d is treated as %d, neither itself nor an x00", c, m.TreatAs)
	}
	if _, ok := Get(m.TreatAs); !ok {
		t.Errorf("%d is treated as %d, which is not registered", c, m.TreatAs)
	}
	switch {
	case c.Valid() && m.TreatAs/100 != c/100:
		t.Errorf("%d is treated as %d, of another class", c, m.TreatAs)
	case !c.Valid() && m.TreatAs != 500:
		t.Errorf("%d, outside 100-599, is treated as %d", c, m.TreatAs)
	}
}

func TestLookupOfEveryCode(t *testing.T) {
	for c := Code(-10); c <= 1100; c++ {
		checkMeaning(t, c)
	}
}

func FuzzLookup(f *testing.F) {
	for _, c := range []int{-1 << 63, -1, 0, 99, 100, 412, 599, 600, 999, 1<<63 - 1} {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, c int) { checkMeaning(t, Code(c)) })
}

func TestLookupDoesNotAllocate(t *testing.T) {
	if n := testing.AllocsPerRun(10, func() {
		for c := Code(-10); c <= 1100; c++ {
			if Lookup(c).TreatAs == 0 {
				t.Fatal(c)
			}
		}
	}); n != 0 {
		t.Errorf("Lookup allocates: %v allocations for all codes", n)
	}
}

func TestPrivateCodes(t *testing.T) {
	if !slices.IsSortedFunc(NonStandard, func(a, b Private) int { return cmp.Compare(a.Code, b.Code) }) {
		t.Error("NonStandard is not in order of code")
	}
	seen := map[string]bool{}
	for _, p := range NonStandard {
		if e, ok := Get(p.Code); ok {
			t.Errorf("%d %s: the code is registered as %q; say it in the manual instead", p.Code, p.Name, e.Name)
		}
		if key := p.Code.String() + p.Name; seen[key] {
			t.Errorf("%d %s is there twice", p.Code, p.Name)
		} else {
			seen[key] = true
		}
		if p.Name == "" || len(p.Users) == 0 || slices.Contains(p.Users, "") {
			t.Errorf("%d: name %q, users %q", p.Code, p.Name, p.Users)
		}
		if !strings.HasSuffix(p.En, ".") || !strings.HasSuffix(p.ZhTW, "。") || !chinese(p.ZhTW) {
			t.Errorf("%d %s: write one sentence in each language: %q, %q", p.Code, p.Name, p.En, p.ZhTW)
		}
		if strings.Contains(strings.ToLower(p.En), "reported") != strings.Contains(p.ZhTW, "據稱") {
			t.Errorf("%d %s: hearsay is to be marked in both languages: %q, %q", p.Code, p.Name, p.En, p.ZhTW)
		}
	}
}
