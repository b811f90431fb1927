// Package cert is the local certificate authority: the root that a person or a
// CI job trusts once, and the leaf certificates that serve, exam and the tests
// present for names that no public authority would vouch for.
//
// [Open] keeps the authority in a directory, as two PEM files:
//
//	ca-key.pem  the private key, readable by its owner only
//	ca.pem      the certificate, to be given to whoever shall trust it
//
// [Memory] makes one that is gone with the process. [Authority.Leaf] issues a
// certificate for any names, because whoever holds the key may; what strangers
// can cause over the network, [Authority.GetCertificate], issues only for names
// that cannot lead off this machine and for this machine's own addresses.
//
// Keys are ECDSA on P-256 throughout. The root lives ten years, a leaf ninety
// days; a leaf is made again when a third of its time is left. The root has no
// name constraints: clients differ in how they read them, and the exams need
// certificates for whatever name a case asks for. So keep ca-key.pem as you
// would keep a password.
package cert

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"time"
)

// How long certificates are valid, and by how much each begins in the past, so
// that a client whose clock is a little slow accepts it.
const (
	rootLife = 10 * 365 * 24 * time.Hour
	leafLife = 90 * 24 * time.Hour
	skew     = time.Hour
)

// An Authority is a root certificate with its key. Its methods may be called
// from several goroutines at once.
type Authority struct {
	root *x509.Certificate
	key  *ecdsa.PrivateKey
	now  func() time.Time

	mu     sync.Mutex // guards leaves and order
	leaves map[string]*tls.Certificate
	order  []string // keys of leaves, oldest first
}

// Memory makes an authority that is kept nowhere.
func Memory() (*Authority, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	der, err := newRoot(key, time.Now())
	if err != nil {
		return nil, err
	}
	return newAuthority(der, key)
}

// newAuthority checks that the certificate is one that can sign and that the
// key is its own.
func newAuthority(der []byte, key *ecdsa.PrivateKey) (*Authority, error) {
	root, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read the root certificate: %w", err)
	}
	if !root.IsCA || root.KeyUsage&x509.KeyUsageCertSign == 0 {
		return nil, errors.New("the certificate is not one of an authority")
	}
	if !key.PublicKey.Equal(root.PublicKey) {
		return nil, errors.New("the certificate is not that of the key")
	}
	if !time.Now().Before(root.NotAfter) {
		return nil, fmt.Errorf("the root certificate expired on %s", root.NotAfter.Format(time.DateOnly))
	}
	return &Authority{
		root:   root,
		key:    key,
		now:    time.Now,
		leaves: make(map[string]*tls.Certificate),
	}, nil
}

// PEM returns the root certificate, to be written where clients look for the
// certificates that they trust.
func (a *Authority) PEM() []byte { return encode(certificateType, a.root.Raw) }

// Pool returns a new pool that holds the root alone, for tls.Config.RootCAs.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.root)
	return pool
}

// Root returns the root certificate.
func (a *Authority) Root() *x509.Certificate { return a.root }

func newKey() (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return key, nil
}

// newRoot returns a self-signed certificate for the key. Its name carries the
// day and part of its serial number, so that people who have trusted several
// can tell them apart in a list.
func newRoot(key *ecdsa.PrivateKey, now time.Time) ([]byte, error) {
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	tag := serial.Text(16)
	tag = tag[:min(8, len(tag))]
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject: pkix.Name{
			CommonName:   fmt.Sprintf("Statute local CA %s %s", now.UTC().Format(time.DateOnly), tag),
			Organization: []string{"Statute local CA"},
		},
		NotBefore:             now.Add(-skew),
		NotAfter:              now.Add(rootLife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("sign the root certificate: %w", err)
	}
	return der, nil
}

func newSerial() (*big.Int, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("make a serial number: %w", err)
	}
	return serial.Add(serial, big.NewInt(1)), nil
}

const (
	certificateType = "CERTIFICATE"
	keyType         = "PRIVATE KEY"
)

func encode(blockType string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: blockType, Bytes: der})
}

// decode returns the content of the only block of a PEM file.
func decode(blockType string, octets []byte) ([]byte, error) {
	block, rest := pem.Decode(octets)
	if block == nil {
		return nil, fmt.Errorf("no PEM block")
	}
	if block.Type != blockType {
		return nil, fmt.Errorf("a PEM block of type %q instead of %q", block.Type, blockType)
	}
	if len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("something follows the PEM block")
	}
	return slices.Clone(block.Bytes), nil
}
