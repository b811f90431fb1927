package subjects

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Missing says what of the subject this machine does not have; nil if nothing.
func (s *Subject) Missing() error {
	var all []string
	for _, n := range s.needs {
		if !exists(find(n.program)) {
			all = append(all, fmt.Sprintf("%s (Debian's %s)", n.program, n.debian))
		}
	}
	if len(s.npm) > 0 && !exists(s.modules()) {
		all = append(all, "npm's "+strings.Join(s.npm, " "))
	}
	if s.golang != "" && !exists(s.binary()) {
		all = append(all, "Go's "+s.golang)
	}
	if len(all) > 0 {
		return fmt.Errorf("%s needs %s; go run ./bench/subjects -install gets it", s.Name, strings.Join(all, ", "))
	}
	return nil
}

const installTime = 5 * time.Minute

// Install gets what is missing: from Debian, which needs root, from npm, and with
// Go into the user's cache.
func (s *Subject) Install(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, installTime)
	defer cancel()
	for _, n := range s.needs {
		if !exists(find(n.program)) {
			if err := run(ctx, nil, "apt-get", "-q", "-o", "DPkg::Lock::Timeout=60", "install", "-y", "--no-install-recommends", n.debian); err != nil {
				return err
			}
		}
	}
	if len(s.npm) > 0 && !exists(s.modules()) {
		words := append([]string{"install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", filepath.Dir(s.modules())}, s.npm...)
		if err := run(ctx, nil, "npm", words...); err != nil {
			return err
		}
	}
	if s.golang != "" && !exists(s.binary()) {
		if err := run(ctx, []string{"GOBIN=" + filepath.Dir(s.binary()), "GOFLAGS="}, "go", "install", s.golang); err != nil {
			return err
		}
	}
	return nil
}

func run(ctx context.Context, environment []string, name string, words ...string) error {
	cmd := exec.CommandContext(ctx, find(name), words...)
	cmd.Env = append(append(os.Environ(), "DEBIAN_FRONTEND=noninteractive"), environment...)
	said := new(tail)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = said, said, time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(words, " "), err, said)
	}
	return nil
}

// cache is where programs and packages are kept that no system has.
func cache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "statute", "subjects")
}

// modules are where its packages of npm are; each set of versions has a folder.
func (s *Subject) modules() string {
	return filepath.Join(cache(), "npm", strings.ReplaceAll(strings.Join(s.npm, "+"), "/", "_"), "node_modules")
}

// binary is where its program of Go's is; each version has a folder.
func (s *Subject) binary() string {
	_, version, _ := strings.Cut(s.golang, "@")
	return filepath.Join(cache(), "go", program(s.golang)+"@"+version, program(s.golang))
}

// program is what a package of Go's is called as a program.
func program(golang string) string {
	name, _, _ := strings.Cut(golang, "@")
	return path.Base(name)
}

// find looks a program up, also where administrators have theirs.
func find(name string) string {
	if strings.ContainsRune(name, filepath.Separator) {
		return name // which may be a part that is no program
	}
	if found, err := exec.LookPath(name); err == nil {
		return found
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/usr/local/go/bin"} {
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found
		}
	}
	return name
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return !errors.Is(err, os.ErrNotExist)
}

// encode writes a certificate with its chain, and its key, as PEM.
func encode(leaf *tls.Certificate) (certificate, key []byte, err error) {
	for _, der := range leaf.Certificate {
		certificate = append(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	octets, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
	if err != nil {
		return nil, nil, err
	}
	return certificate, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: octets}), nil
}
