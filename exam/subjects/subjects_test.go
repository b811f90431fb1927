package subjects

import (
	"testing"

	"github.com/statute-http/statute/exam"
)

// Every file of a subject reads well; what is wrong with one is told with its line.
func TestFiles(t *testing.T) {
	for _, role := range []exam.Role{exam.Server, exam.Proxy} {
		for _, name := range Names(role) {
			if _, err := Lookup(role, name); err != nil {
				t.Error(err)
			}
		}
	}
	for _, c := range []struct {
		role       exam.Role
		text, want string
	}{
		{exam.Server, "start x\nneeds nginx\nurl http://127.0.0.1/", `line 2: behind needs belong a program and Debian's package, not ["nginx"]`},
		{exam.Server, "start x\nover h4", `line 2: "h4" is no protocol: write some of [h1 h2 h3], separated by commas`},
		{exam.Server, "url http://127.0.0.1/", "no line says how to start it: start PROGRAM ARGUMENTS"},
		{exam.Server, "start x # why\n\nredirect dir", `line 3: redirect is "dir", and a path belongs there, which begins with a slash`},
		{exam.Server, "start x\nversion", "line 2: nothing stands behind version"},
		{exam.Proxy, "start x\nmode sideways", `line 2: mode cannot be "sideways": write forward or reverse`},
		{exam.Proxy, "start x\n\n# the login\nlogin a b", "line 4: one word belongs behind login"},
		{exam.Proxy, "start x\n", "no line says how it stands: mode forward, or mode reverse"},
		{exam.Proxy, "start x\nmode forward\nspeed high", `line 3: there is no "speed": write needs, npm, go, build, version, start, then, over, mode, login, tls or private`},
	} {
		if _, err := read(c.role, "x", []byte(c.text)); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
	if _, err := Lookup(exam.Server, "nobody"); err == nil {
		t.Error("nobody is known")
	}
}
