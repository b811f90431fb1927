// Package adapters holds programs in other languages that drive an HTTP library
// for the exam of clients: package exam/client speaks to them in JSON lines, as
// README.md beside this file describes. Each is one file, so that it can be
// read, changed and run by whoever doubts a verdict.
package adapters

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed python/adapter.py node/adapter.mjs
var files embed.FS

// languages lists the adapters: the program that runs them, their file, and the
// libraries that they drive.
var languages = []struct {
	name, program, file string
	libraries           []string
}{
	// Debian's own, whose packages are python3-requests and so on; another
	// python3 on PATH need not have them.
	{"python", "/usr/bin/python3", "python/adapter.py", []string{
		"http.client", "urllib", "urllib-digest", "urllib3", "urllib3-retry", "requests", "requests-retry", "requests-digest", "httpx", "aiohttp"}},
	{"node", "node", "node/adapter.mjs", []string{
		"fetch", "undici", "undici-retry", "undici-cache", "axios", "got", "ky", "node-fetch", "superagent", "needle"}},
}

// Names lists the subjects: "python-requests", "node-fetch".
func Names() []string {
	var names []string
	for _, l := range languages {
		for _, library := range l.libraries {
			names = append(names, l.name+"-"+library)
		}
	}
	return names
}

// Place writes the adapter of a subject into a folder and returns the command
// that runs it.
func Place(name, folder string) ([]string, error) {
	language, library, _ := strings.Cut(name, "-")
	for _, l := range languages {
		if l.name != language || !slices.Contains(l.libraries, library) {
			continue
		}
		source, err := files.ReadFile(l.file)
		if err != nil {
			panic(err) // the file is part of the program
		}
		path := filepath.Join(folder, filepath.Base(l.file))
		if err := os.WriteFile(path, source, 0o600); err != nil {
			return nil, fmt.Errorf("place the adapter of %s: %w", name, err)
		}
		return []string{l.program, path, library}, nil
	}
	return nil, fmt.Errorf("there is no adapter for %q; there are %s", name, strings.Join(Names(), ", "))
}
