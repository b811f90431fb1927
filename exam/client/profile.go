package client

import (
	"bufio"
	"embed"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/exam"
)

//go:embed profiles/*.txt
var profiles embed.FS

// A Profile says how a command is told what to do. It is read from a text file
// with a line a thing, the words behind its name being arguments:
//
//	name     curl
//	version  curl --version                  prints the version, in its first line
//	run      curl -sS -o {out} {options} {url}
//	follow   -L                              what {options} becomes, where the order asks for it
//	method   -X {method}
//	content  --data-binary @{body_file}      sent with POST unless method says other
//	put      -T {body_file}                  sends content with PUT, in place of both
//	field    -H {header}                     once for each field
//	stdin                                    content comes by its standard input
//	join     --next                          stands between two orders of one process
//	exit     18 incomplete                   what an exit status means; others but 0 mean "other"
//	status   ^HTTP/[0-9.]+ ([0-9]{3})        finds the status in what it prints; the last one counts
//	fact     retry                           a capability that needs no words
//
// Fields and content may have to stand elsewhere than the other options: they do
// where {items} is. # begins a comment. Words may be put in single quotes. The names of options
// are in [options]; a capability is had if there is an option for it.
type Profile struct {
	Name    string
	Version []string
	Run     []string
	Join    []string
	Stdin   bool
	Status  *regexp.Regexp
	Exit    map[int]ErrorKind
	Facts   []exam.Capability
	Options map[string][]string // by their names; present and empty: nothing needs to be said
}

// options lists what an order can ask of a command, in the order in which the
// words are given to it, and the capability that goes with it.
var options = []struct {
	name string
	can  exam.Capability
}{
	{"follow", Follows}, {"stay", ""}, {"get", ""}, {"head", Heads}, {"method", Heads}, {"field", Fields},
	{"put", ""}, {"content", Sends}, {"unlength", ""}, {"expect", Waits}, {"basic", Basic}, {"digest", Digest}, {"netrc", Netrc},
	{"proxy", Proxied}, {"proxy-auth", ""}, {"tunnel", Tunnels}, {"authority", Secure}, {"resume", Resumes},
	{"retry", Retries}, {"pause", ""}, {"cookies", Cookies}, {"cache", Caches}, {"alternate", Alternates}, {"h1", ""}, {"h2", ""}, {"h3", ""},
}

// ProfileNames lists the profiles that are part of the program.
func ProfileNames() []string {
	entries, err := profiles.ReadDir("profiles")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".txt"))
	}
	return names
}

// LookupProfile returns the profile of that name that is part of the program.
func LookupProfile(name string) (*Profile, error) {
	f, err := profiles.Open("profiles/" + name + ".txt")
	if err != nil {
		return nil, fmt.Errorf("there is no profile %q; there are %s, and a file of your own can be given by its path", name, strings.Join(ProfileNames(), ", "))
	}
	defer f.Close()
	p, err := ReadProfile(f)
	if err != nil {
		return nil, fmt.Errorf("exam/client/profiles/%s.txt: %w", name, err)
	}
	return p, nil
}

// ReadProfile reads a profile. An error names the line.
func ReadProfile(r io.Reader) (*Profile, error) {
	p := &Profile{Exit: map[int]ErrorKind{}, Options: map[string][]string{}}
	lines := bufio.NewScanner(io.LimitReader(r, 64<<10))
	for n := 1; lines.Scan(); n++ {
		words, err := split(lines.Text())
		if err == nil && len(words) > 0 {
			err = p.take(words[0], words[1:])
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if p.Name == "" || len(p.Run) == 0 || !slices.Contains(p.Run, "{url}") {
		return nil, fmt.Errorf("a profile needs a name, and a line run with {url} in it")
	}
	return p, nil
}

func (p *Profile) take(name string, words []string) error {
	switch name {
	case "name":
		p.Name = strings.Join(words, " ")
	case "version":
		p.Version = words
	case "run":
		p.Run = words
	case "join":
		p.Join = words
	case "stdin":
		p.Stdin = true
	case "fact":
		for _, w := range words {
			p.Facts = append(p.Facts, exam.Capability(w))
		}
	case "exit":
		if len(words) != 2 {
			return fmt.Errorf("want exit, a number and the kind of failure")
		}
		code, err := strconv.Atoi(words[0])
		if err != nil {
			return fmt.Errorf("%q is no exit status", words[0])
		}
		p.Exit[code] = ErrorKind(words[1])
	case "status":
		re, err := regexp.Compile("(?m)" + strings.Join(words, " "))
		if err != nil {
			return err
		}
		if re.NumSubexp() != 1 {
			return fmt.Errorf("the expression for the status needs one group, around the number")
		}
		p.Status = re
	default:
		for _, o := range options {
			if o.name == name {
				p.Options[name] = words
				return nil
			}
		}
		return fmt.Errorf("nothing is called %q here", name)
	}
	return nil
}

// split divides a line into words; single quotes hold words together.
func split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	quoted, open := false, false
	for i, c := range line {
		switch {
		case c == '\'':
			quoted, open = !quoted, true
		case quoted:
			word.WriteRune(c)
		case c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			line = ""
		case c == ' ' || c == '\t':
			if open {
				words = append(words, word.String())
				word.Reset()
				open = false
			}
		default:
			word.WriteRune(c)
			open = true
		}
		if line == "" {
			break
		}
	}
	if quoted {
		return nil, fmt.Errorf("a single quote is not closed")
	}
	if open {
		words = append(words, word.String())
	}
	return words, nil
}
