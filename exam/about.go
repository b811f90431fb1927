package exam

import "strings"

// Brief is the version in a few words, for headings: without the name, and
// without what a program tells of how and with what it was built.
func (a About) Brief() string {
	version := strings.TrimPrefix(a.Version, a.Name+" ")
	version, _, _ = strings.Cut(version, " (")
	version, _, _ = strings.Cut(version, " - ")
	return version
}
