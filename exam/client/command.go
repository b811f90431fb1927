package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/exam"
)

// A Command is a subject that is started anew for each order, or, where its
// profile can join orders, for several.
type Command struct {
	Profile *Profile
	version string
	started atomic.Int64
}

// Started returns how many processes were started so far.
func (c *Command) Started() int { return int(c.started.Load()) }

// NewCommand returns the subject of a profile. An error says that the program is
// not there.
func NewCommand(ctx context.Context, p *Profile) (*Command, error) {
	if _, err := exec.LookPath(p.Run[0]); err != nil {
		return nil, fmt.Errorf("find the client %s: %w", p.Name, err)
	}
	c := &Command{Profile: p}
	if len(p.Version) > 0 {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		out, err := exec.CommandContext(ctx, p.Version[0], p.Version[1:]...).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("ask %s for its version: %w", p.Name, err)
		}
		c.version, _, _ = strings.Cut(strings.TrimSpace(string(out)), "\n")
	}
	return c, nil
}

// NewTemplate returns the subject of a command line with placeholders, such as
// "curl -sS -L -o {out} {url}".
func NewTemplate(ctx context.Context, words []string) (*Command, error) {
	p := &Profile{Name: filepath.Base(words[0]), Run: words, Options: map[string][]string{"follow": nil}}
	text := strings.Join(words, " ")
	if !strings.Contains(text, "{url}") {
		return nil, errors.New("the command has no {url}: say where the URL goes")
	}
	for _, w := range []struct{ placeholder, option string }{
		{"{method}", "method"}, {"{body_file}", "content"}, {"{header}", "field"}, {"{user}", "basic"},
		{"{proxy}", "proxy"}, {"{cacert}", "authority"}, {"{partial}", "resume"}, {"{url2}", "join"},
	} {
		if strings.Contains(text, w.placeholder) {
			p.Options[w.option] = nil
		}
	}
	return NewCommand(ctx, p)
}

// About says who it is.
func (c *Command) About() exam.About {
	return exam.About{Name: c.Profile.Name, Version: c.version, Options: map[string]string{"command": strings.Join(c.Profile.Run, " ")}}
}

// Can says what the profile has words for.
func (c *Command) Can() map[exam.Capability]bool {
	p := c.Profile
	can := map[exam.Capability]bool{Gets: true, Fails: true, Shows: true, Reports: p.Status != nil, Reuses: p.joins()}
	for _, o := range options {
		if _, ok := p.Options[o.name]; ok && o.can != "" {
			can[o.can] = true
		}
	}
	for _, f := range p.Facts {
		can[f] = true
	}
	return can
}

func (p *Profile) joins() bool {
	_, templated := p.Options["join"]
	return len(p.Join) > 0 || templated
}

// Do carries orders out.
func (c *Command) Do(ctx context.Context, orders []Order) []Report {
	folder, err := os.MkdirTemp("", "statute-exam-")
	if err != nil {
		return []Report{{Err: &Error{ErrOther, err.Error()}}}
	}
	defer os.RemoveAll(folder)
	if len(orders) > 1 && c.Profile.joins() {
		return c.run(ctx, folder, orders)
	}
	var reports []Report
	for i := range orders {
		reports = append(reports, c.run(ctx, folder, orders[i:i+1])...)
	}
	return reports
}

// maxOutput is how much of what a command prints is kept.
const maxOutput = 1 << 20

// run starts one process.
func (c *Command) run(ctx context.Context, folder string, orders []Order) []Report {
	args, outs, err := c.words(folder, orders)
	if err != nil {
		return slices.Repeat([]Report{{Unsupported: err.Error()}}, len(orders))
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = folder
	cmd.Env = environment(folder)
	var printed, told bounded
	cmd.Stdout, cmd.Stderr = &printed, &told
	if c.Profile.Stdin && orders[0].Content != nil {
		cmd.Stdin = bytes.NewReader(orders[0].Content.Bytes())
	}
	Alone(cmd)
	cmd.WaitDelay = time.Second
	c.started.Add(1)
	err = cmd.Run()
	if cmd.Process != nil {
		Kill(cmd) // what it has left behind, though it came to its end itself
	}
	var reports []Report
	for i := range orders {
		r := Report{Late: ctx.Err() != nil}
		r.Content = written(outs[i], printed.octets, c.Profile)
		if err != nil && i == len(orders)-1 {
			r.Err = &Error{ErrOther, lastLine(told.octets)}
			var exit *exec.ExitError
			if errors.As(err, &exit) && c.Profile.Exit[exit.ExitCode()] != "" {
				r.Err.Kind = c.Profile.Exit[exit.ExitCode()]
			}
			if r.Err.Message == "" {
				r.Err.Message = err.Error()
			}
		}
		if c.Profile.Status != nil {
			all := c.Profile.Status.FindAllSubmatch(slices.Concat(printed.octets, []byte("\n"), told.octets), -1)
			if n := len(all) - len(orders) + i; n >= 0 && n < len(all) {
				r.Status, _ = strconv.Atoi(string(all[n][1]))
			}
		}
		reports = append(reports, r)
	}
	return reports
}

// environment is that of a subject's process: ours, but for what would bring in
// the user's own configuration, credentials, proxies and authorities.
func environment(folder string) []string {
	return append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(strings.ToLower(v), "=")
		return strings.HasSuffix(name, "_proxy") || strings.HasPrefix(name, "xdg_") ||
			slices.Contains([]string{"home", "netrc", "ssl_cert_file", "ssl_cert_dir", "requests_ca_bundle", "curl_ca_bundle", "node_extra_ca_certs"}, name)
	}), "HOME="+folder, "LC_ALL=C.UTF-8")
}

// written is what the command has written to its file, or else printed.
func written(out string, printed []byte, p *Profile) []byte {
	if slices.Contains(p.Run, "{out}") || strings.Contains(strings.Join(p.Run, " "), "{out}") {
		f, err := os.Open(out)
		if err != nil {
			return nil
		}
		defer f.Close()
		octets, _ := io.ReadAll(io.LimitReader(f, maxOutput))
		return octets
	}
	return printed
}

// words makes the command line for orders.
func (c *Command) words(folder string, orders []Order) (args, outs []string, err error) {
	p := c.Profile
	for i := range orders {
		o := &orders[i]
		file := func(name string, content []byte) string {
			path := filepath.Join(folder, fmt.Sprintf("%s%d", name, i+1))
			err = errors.Join(err, os.WriteFile(path, content, 0o600))
			return path
		}
		out := filepath.Join(folder, fmt.Sprintf("out%d", i+1))
		outs = append(outs, out)
		fill := map[string]string{
			"{url}": o.URL, "{method}": o.Method, "{out}": out, "{user}": o.User, "{pass}": o.Password,
			"{proxy}": o.Proxy, "{proxy_user}": o.ProxyUser, "{proxy_pass}": o.ProxyPassword, "{cacert}": o.Authority,
			"{partial}": out, "{folder}": folder, "{patience}": strconv.Itoa(int(o.Patience / time.Second)),
			"{body_file}": "", "{header}": "",
		}
		if len(orders) > 1 {
			fill["{url2}"] = orders[1].URL
		}
		if o.Content != nil {
			fill["{body_file}"] = file("body", o.Content.Bytes())
		}
		if o.Netrc != "" {
			fill["{netrc}"] = file("netrc", []byte(o.Netrc))
		}
		if o.Part != nil {
			err = errors.Join(err, os.WriteFile(out, o.Part, 0o600))
		}
		template := p.Run
		if i > 0 && len(p.Join) > 0 {
			args = append(args, p.Join...)
			template = p.Run[1:]
		} else if i > 0 {
			break // {url2} was in the first one's words
		}
		chosen, items, unsupported := p.choose(o, fill)
		if unsupported != nil {
			return nil, nil, unsupported
		}
		if !slices.Contains(template, "{items}") {
			chosen = append(chosen, items...)
		}
		for _, w := range template {
			switch w {
			case "{options}":
				args = append(args, chosen...)
			case "{items}":
				args = append(args, items...)
			default:
				args = append(args, replace(w, fill))
			}
		}
	}
	return args, outs, err
}

func replace(word string, fill map[string]string) string {
	for placeholder, value := range fill {
		word = strings.ReplaceAll(word, placeholder, value)
	}
	return word
}

// choose returns the words for the options that an order asks for, and those for
// its content and fields.
func (p *Profile) choose(o *Order, fill map[string]string) (args, items []string, err error) {
	method := o.Method
	if method == "" {
		method = "GET"
	}
	usual := "GET"
	if o.Content != nil {
		usual = "POST" // what commands send content with if they are not told other
	}
	asked := map[string]bool{
		"follow": o.Follow, "stay": !o.Follow, "get": method == "GET" && o.Content == nil, "method": method != usual,
		"content": o.Content != nil, "unlength": o.Content != nil && o.Content.Unlength, "expect": o.Expect,
		"basic": o.User != "", "proxy": o.Proxy != "", "proxy-auth": o.ProxyUser != "", "authority": o.Authority != "",
		"netrc": o.Netrc != "", "resume": o.Part != nil, "retry": o.Retry, "pause": o.Pause > 0, "alternate": o.Alternate, "cookies": true, "cache": true, string(o.Over): true,
	}
	if _, ok := p.Options["head"]; ok && o.Method == "HEAD" {
		asked["head"], asked["method"] = true, false
	}
	if _, ok := p.Options["put"]; ok && o.Method == "PUT" && o.Content != nil {
		asked["put"], asked["content"], asked["method"] = true, false, false
	}
	for _, option := range options {
		if !asked[option.name] {
			continue
		}
		words, ok := p.Options[option.name]
		if !ok {
			if slices.Contains([]string{"method", "content", "expect", "basic", "proxy", "authority", "resume", "netrc"}, option.name) {
				return nil, nil, fmt.Errorf("its profile has no words for %s", option.name)
			}
			continue
		}
		to := &args
		if option.name == "content" {
			to = &items
		}
		for _, w := range words {
			*to = append(*to, replace(w, fill))
		}
	}
	words, ok := p.Options["field"]
	if len(o.Fields) > 0 && !ok {
		return nil, nil, errors.New("its profile has no words for fields")
	}
	for _, f := range o.Fields {
		for _, w := range words {
			items = append(items, replace(w, map[string]string{"{header}": f.Name + ": " + f.Value, "{name}": f.Name, "{value}": f.Value}))
		}
	}
	return args, items, nil
}

// bounded keeps the first octets that are written to it.
type bounded struct{ octets []byte }

func (b *bounded) Write(p []byte) (int, error) {
	b.octets = append(b.octets, p[:min(len(p), maxOutput-len(b.octets))]...)
	return len(p), nil
}

func lastLine(octets []byte) string {
	lines := bytes.Split(bytes.TrimSpace(octets), []byte("\n"))
	return string(bytes.ToValidUTF8(lines[len(lines)-1], nil))
}
