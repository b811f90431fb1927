package cert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// The names of the two files in an authority's directory.
const (
	certificateFile = "ca.pem"
	keyFile         = "ca-key.pem"
)

// largest is the number of octets that a file of ours can sensibly have.
const largest = 64 << 10

// Open returns the authority kept in dir, making directory and authority if
// they are not there. Processes that open the same directory at once all get
// the same authority: whatever is put there is put there by linking a finished
// file to its name, which one of them does first and the others find done.
//
// A file that cannot be used is never overwritten. The error says which one it
// is and what to do.
func Open(dir string) (*Authority, error) {
	a, err := open(dir)
	if err != nil {
		return nil, fmt.Errorf("open the certificate authority in %s: %w", dir, err)
	}
	return a, nil
}

// open writes the key before the certificate, and looks for them in the other
// order: a certificate without a key is then a loss, never a race.
func open(dir string) (*Authority, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	certificatePath := filepath.Join(dir, certificateFile)
	keyPath := filepath.Join(dir, keyFile)

	certificate, err := read(certificatePath)
	if err != nil {
		return nil, err
	}
	keyOctets, err := read(keyPath)
	if err != nil {
		return nil, err
	}
	if keyOctets == nil {
		if certificate != nil {
			return nil, fmt.Errorf("%s is missing: put it back, or remove %s as well and trust the new authority", keyFile, certificateFile)
		}
		if keyOctets, err = install(keyPath, makeKey); err != nil {
			return nil, err
		}
	}
	if err := private(keyPath); err != nil {
		return nil, err
	}
	key, err := parseKey(keyOctets)
	if err != nil {
		return nil, damaged(keyFile, err)
	}
	if certificate == nil {
		certificate, err = install(certificatePath, func() ([]byte, error) {
			der, err := newRoot(key, time.Now())
			return encode(certificateType, der), err
		})
		if err != nil {
			return nil, err
		}
	}
	der, err := decode(certificateType, certificate)
	if err != nil {
		return nil, damaged(certificateFile, err)
	}
	a, err := newAuthority(der, key)
	if err != nil {
		return nil, damaged(certificateFile, err)
	}
	return a, nil
}

func damaged(name string, err error) error {
	return fmt.Errorf("%s cannot be used: %w: put the right file back, or remove %s and %s to begin anew and trust the new authority",
		name, err, certificateFile, keyFile)
}

func makeKey() ([]byte, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return encode(keyType, der), err
}

func parseKey(octets []byte) (*ecdsa.PrivateKey, error) {
	der, err := decode(keyType, octets)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("the key is not an ECDSA key on P-256")
	}
	return key, nil
}

// private refuses a key that everybody on the machine may read. Groups are let
// be: containers are often given their secrets through one.
func private(path string) error {
	if runtime.GOOS == "windows" {
		return nil // the mode does not tell there
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o007 != 0 {
		return fmt.Errorf("%s is open to every user of this machine (mode %#o): run chmod 600 %s, and remove both files if others may have copied it",
			keyFile, info.Mode().Perm(), path)
	}
	return nil
}

// read returns a file's octets, nil if there is no such file.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	octets, err := io.ReadAll(io.LimitReader(f, largest+1))
	if err != nil {
		return nil, err
	}
	if len(octets) > largest {
		return nil, fmt.Errorf("%s is larger than %d octets: it is not a file of ours: put the right one back, or remove it", path, largest)
	}
	if octets == nil {
		octets = []byte{} // an empty file is damaged, not absent
	}
	return octets, nil
}

// install puts what content makes at path, mode 0600, whole or not at all, and
// returns what is there then: ours, or what somebody else installed first.
func install(path string, content func() ([]byte, error)) ([]byte, error) {
	octets, err := content()
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(octets)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("put %s in place: %w", path, err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return nil, err
	}
	return read(path)
}

// syncDir makes the names in a directory durable, where the system can.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
