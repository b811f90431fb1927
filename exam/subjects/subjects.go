// Package subjects has the servers and proxies that others wrote, ready to be
// examined: it gets them, starts them on this machine with a plain
// configuration, and ends them.
//
// A subject is a file of its own, servers/NAME.txt or proxies/NAME.txt, so that
// one more needs no code. Its head has a line a thing; # begins a comment, and
// the comment at its beginning says what is special about it.
//
//	needs   nginx nginx-light                  a program, and Debian's package that has it
//	npm     express@5.3.0                      packages of npm; they are in {modules}
//	go      github.com/o/r/v2/cmd/caddy@v2.1   a program of Go's, which is {caddy} then
//	build   bench/gateway                      one of ours, which is {gateway} then
//	version nginx -v                           prints the version; without it, that of what was built
//	start   nginx -c {dir}/nginx.conf          runs it in the foreground; NAME=VALUE before it is environment
//	then    curl -sS http://127.0.0.1:{port}/  runs once it listens
//	over    h1,h2                              the protocols that it speaks; h1 if left out
//
// Beside these a server has the lines that `statute exam server FILE` reads
// (url, secure, redirect, auth, write, socket), and a proxy:
//
//	mode    reverse                            or forward
//	login   guest:guest                        its credentials, if it wants some
//	tls     yes                                HTTP/2 behind TLS; without it with prior knowledge
//	private yes                                its cache is one user's own
//
// After the head come files, in txtar's form, each behind "-- NAME --". They are
// put into {dir}, a new folder, and what folder.txt has is there too. In words
// and files {port}, {secure} and {spare} are free ports, {origin} is that of the
// exam's own origin behind a proxy, {cert}, {key} and {both} are files with a
// certificate for localhost.
//
// A subject is reached on loopback only. It runs in a process group of its own,
// which ends with it; its folder is removed. What a machine does not have is said
// ([Subject.Missing]) and can be got ([Subject.Install]).
package subjects

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/proxy"
	"github.com/statute-http/statute/exam/server"
	"github.com/statute-http/statute/wire"
)

//go:embed servers/*.txt proxies/*.txt folder.txt
var texts embed.FS

// folders have the files of each role.
var folders = map[exam.Role]string{exam.Server: "servers", exam.Proxy: "proxies"}

// A Subject is a server or a proxy that can be started.
type Subject struct {
	Name string
	Role exam.Role
	Over []wire.Protocol

	needs          []need
	npm            []string
	golang, build  string
	version, start []string
	then           [][]string
	declared       string // what the role's own lines say, each at its place
	files          []txtar.File
}

// A need is a program, and the package of Debian that has it.
type need struct{ program, debian string }

// Names lists the subjects of a role.
func Names(role exam.Role) []string {
	entries, err := fs.ReadDir(texts, folders[role])
	if err != nil {
		panic(fmt.Sprintf("there are no subjects for the role %q", role)) // the caller's mistake
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".txt"))
	}
	return names
}

// Lookup returns the subject of that name. An error lists the names that are, or
// tells the line of its file that is wrong.
func Lookup(role exam.Role, name string) (*Subject, error) {
	if !slices.Contains(Names(role), name) {
		return nil, fmt.Errorf("there is no %s %q; there are %s", role, name, strings.Join(Names(role), ", "))
	}
	file := path.Join(folders[role], name+".txt")
	text, err := texts.ReadFile(file)
	if err != nil {
		return nil, err
	}
	s, err := read(role, name, text)
	if err != nil {
		return nil, fmt.Errorf("exam/subjects/%s: %w", file, err)
	}
	return s, nil
}

// read reads a subject's file.
func read(role exam.Role, name string, text []byte) (*Subject, error) {
	archive := txtar.Parse(text)
	s := &Subject{Name: name, Role: role, files: archive.Files}
	n := 0
	for line := range strings.Lines(string(archive.Comment)) {
		n++
		line, _, _ = strings.Cut(" "+strings.TrimSpace(line), " #")
		words := strings.Fields(line)
		if len(words) > 0 {
			ours, err := s.declare(words[0], words[1:])
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			if ours {
				line = ""
			}
		}
		s.declared += strings.TrimSpace(line) + "\n"
	}
	if len(s.start) == 0 {
		return nil, fmt.Errorf("no line says how to start it: start PROGRAM ARGUMENTS")
	}
	if len(s.Over) == 0 {
		s.Over = []wire.Protocol{wire.H1}
	}
	// Whatever is wrong with the role's own lines shows now.
	filled := places{"port": "1", "secure": "2", "spare": "3", "origin": "4"}.fill(s.declared)
	var err error
	if role == exam.Server {
		_, err = server.ReadSubject(strings.NewReader(filled))
	} else {
		_, err = readProxy(filled)
	}
	return s, err
}

// declare takes a line that is not the role's own.
func (s *Subject) declare(what string, words []string) (ours bool, err error) {
	if len(words) == 0 {
		return true, fmt.Errorf("nothing stands behind %s", what)
	}
	switch what {
	case "needs":
		if len(words) != 2 {
			return true, fmt.Errorf("behind needs belong a program and Debian's package, not %q", words)
		}
		s.needs = append(s.needs, need{words[0], words[1]})
	case "npm":
		s.npm = append(s.npm, words...)
	case "go":
		s.golang = words[0]
	case "build":
		s.build = words[0]
	case "version":
		s.version = words
	case "start":
		s.start = words
	case "then":
		s.then = append(s.then, words)
	case "over":
		for name := range strings.SplitSeq(words[0], ",") {
			if !slices.Contains(wire.Protocols, wire.Protocol(name)) {
				return true, fmt.Errorf("%q is no protocol: write some of %v, separated by commas", name, wire.Protocols)
			}
			s.Over = append(s.Over, wire.Protocol(name))
		}
	default:
		return false, nil
	}
	return true, nil
}

// readProxy reads what is declared of a proxy.
func readProxy(text string) (*proxy.Subject, error) {
	s := &proxy.Subject{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 2 {
			return nil, fmt.Errorf("line %d: one word belongs behind %s", n, words[0])
		}
		if err := declareProxy(s, words[0], words[1]); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if s.Mode == "" {
		return nil, fmt.Errorf("no line says how it stands: mode forward, or mode reverse")
	}
	return s, nil
}
