package cert

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestOpenMakesAndKeeps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "ca")
	first, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !first.Root().Equal(second.Root()) || !first.key.Equal(second.key) {
		t.Error("the second Open gave another authority")
	}
	leaf, err := second.Leaf("a.test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: first.Pool()}); err != nil {
		t.Error(err)
	}
	for _, name := range []string{keyFile, certificateFile} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want mode 0600", name, info.Mode(), err)
		}
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 2 {
		t.Errorf("the directory holds %v, want the two files alone", entries)
	}
}

func TestOpenFinishesWhatWasBegun(t *testing.T) {
	dir := t.TempDir()
	first, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(dir, certificateFile))
	second, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !first.key.Equal(second.key) {
		t.Error("the key was not kept")
	}
}

func TestOpenRefusesWhatIsDamaged(t *testing.T) {
	pemOf := func(f func() ([]byte, error)) []byte {
		octets, err := f()
		if err != nil {
			t.Fatal(err)
		}
		return octets
	}
	otherKey := pemOf(makeKey)
	p384 := pemOf(func() ([]byte, error) {
		key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
		if err != nil {
			return nil, err
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		return encode(keyType, der), err
	})
	leaf, err := memory(t).Leaf("a.test")
	if err != nil {
		t.Fatal(err)
	}

	for _, test := range []struct {
		what, file string
		change     func([]byte) []byte // nil removes the file
		says       string
	}{
		{"empty certificate", certificateFile, func([]byte) []byte { return nil }, "no PEM block"},
		{"cut certificate", certificateFile, func(b []byte) []byte { return b[:len(b)/2] }, "no PEM block"},
		{"certificate with a broken inside", certificateFile, func([]byte) []byte { return encode(certificateType, []byte("no DER")) }, "read the root certificate"},
		{"two certificates", certificateFile, func(b []byte) []byte { return append(b, b...) }, "something follows"},
		{"key as certificate", certificateFile, func([]byte) []byte { return otherKey }, `type "PRIVATE KEY"`},
		{"leaf as certificate", certificateFile, func([]byte) []byte { return encode(certificateType, leaf.Certificate[0]) }, "not one of an authority"},
		{"huge certificate", certificateFile, func([]byte) []byte { return make([]byte, largest+1) }, "larger than"},
		{"empty key", keyFile, func([]byte) []byte { return nil }, "no PEM block"},
		{"broken key", keyFile, func([]byte) []byte { return encode(keyType, []byte("no DER")) }, "asn1"},
		{"other key", keyFile, func([]byte) []byte { return otherKey }, "not that of the key"},
		{"key on another curve", keyFile, func([]byte) []byte { return p384 }, "P-256"},
		{"lost key", keyFile, nil, "ca-key.pem is missing"},
	} {
		t.Run(test.what, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := Open(dir); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, test.file)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			os.Remove(path)
			var want []byte
			if test.change != nil {
				want = test.change(before)
				if err := os.WriteFile(path, want, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err = Open(dir)
			if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "remove") {
				t.Errorf("Open: %v, want an error that says %q, the directory and what to do", err, test.says)
			}
			if got, _ := os.ReadFile(path); !bytes.Equal(got, want) {
				t.Error("Open changed the damaged file")
			}
		})
	}
}

func TestOpenRefusesAKeyThatAllMayRead(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, keyFile)
	os.Chmod(path, 0o644)
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "chmod 600 "+path) {
		t.Errorf("Open: %v", err)
	}
	os.Chmod(path, 0o640)
	if _, err := Open(dir); err != nil {
		t.Errorf("a key that its group may read: %v", err)
	}
}

func TestOpenSaysThatTheDirectoryIsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	os.WriteFile(path, nil, 0o600)
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("Open: %v", err)
	}
}

func TestOpenConcurrently(t *testing.T) {
	dir := t.TempDir()
	found := make([]*Authority, 16)
	var wg sync.WaitGroup
	for i := range found {
		wg.Go(func() {
			var err error
			if found[i], err = Open(dir); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, a := range found {
		if a != nil && !a.Root().Equal(found[0].Root()) {
			t.Fatal("two goroutines opened two authorities")
		}
	}
}

// TestOpenFromSeveralProcesses runs this test binary again, several times at
// once, each printing the authority that it opened.
func TestOpenFromSeveralProcesses(t *testing.T) {
	const variable = "STATUTE_TEST_CA_DIR"
	if dir := os.Getenv(variable); dir != "" {
		a, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		os.WriteFile(filepath.Join(dir, "seen-"+os.Getenv(variable+"_NUMBER")), a.PEM(), 0o600)
		return
	}
	dir := t.TempDir()
	numbers := []string{"0", "1", "2", "3"}
	var wg sync.WaitGroup
	for _, number := range numbers {
		wg.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestOpenFromSeveralProcesses$")
			cmd.Env = append(os.Environ(), variable+"="+dir, variable+"_NUMBER="+number)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("process %s: %v\n%s", number, err, out)
			}
		})
	}
	wg.Wait()
	first, err := os.ReadFile(filepath.Join(dir, "seen-0"))
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range numbers {
		if seen, err := os.ReadFile(filepath.Join(dir, "seen-"+number)); err != nil || !bytes.Equal(seen, first) {
			t.Errorf("process %s opened another authority (%v)", number, err)
		}
	}
}
