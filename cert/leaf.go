package cert

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// Limits on what one authority keeps and issues.
const (
	maxLeaves = 256 // kept; the oldest makes way
	maxNames  = 100 // in one certificate
)

// Leaf returns a certificate, with its key, that is good for each of the names:
// DNS names, with a first label of * where all names one level down are meant,
// and IP addresses in their text form. Names in other scripts are put into
// their ASCII form. The same names, in any order, get the same certificate
// until it is made again.
func (a *Authority) Leaf(names ...string) (*tls.Certificate, error) {
	names, err := normalize(names)
	if err != nil {
		return nil, fmt.Errorf("issue a certificate: %w", err)
	}
	index := strings.Join(names, ",")

	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if leaf := a.leaves[index]; leaf != nil && leaf.Leaf.NotAfter.Sub(now) > leafLife/3 {
		return leaf, nil
	}
	leaf, err := a.issue(names, now)
	if err != nil {
		return nil, fmt.Errorf("issue a certificate for %s: %w", strings.Join(names, ", "), err)
	}
	a.keep(index, leaf)
	return leaf, nil
}

// keep puts a leaf in the cache. The caller holds a.mu.
func (a *Authority) keep(index string, leaf *tls.Certificate) {
	if a.leaves[index] == nil {
		if len(a.order) == maxLeaves {
			delete(a.leaves, a.order[0])
			a.order = slices.Delete(a.order, 0, 1)
		}
		a.order = append(a.order, index)
	}
	a.leaves[index] = leaf
}

func (a *Authority) issue(names []string, now time.Time) (*tls.Certificate, error) {
	if !now.Before(a.root.NotAfter) {
		return nil, fmt.Errorf("the authority expired on %s: remove %s and %s to begin anew",
			a.root.NotAfter.Format(time.DateOnly), certificateFile, keyFile)
	}
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{Organization: []string{"Statute local leaf"}},
		NotBefore:             now.Add(-skew),
		NotAfter:              now.Add(leafLife),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if a.root.NotAfter.Before(template.NotAfter) {
		template.NotAfter = a.root.NotAfter
	}
	// RFC 9110 §4.3.4: a client compares the names in subjectAltName, DNS names
	// and addresses each with their own kind, and not the common name.
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.root, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.root.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// normalize returns the names in the one form that they are compared in,
// sorted, each once.
func normalize(names []string) ([]string, error) {
	if len(names) == 0 {
		return nil, errors.New("no name given")
	}
	if len(names) > maxNames {
		return nil, fmt.Errorf("%d names given: %d is the most", len(names), maxNames)
	}
	result := make([]string, len(names))
	for i, name := range names {
		var err error
		if result[i], err = normalName(name); err != nil {
			return nil, err
		}
	}
	slices.Sort(result)
	return slices.Compact(result), nil
}

func normalName(name string) (string, error) {
	bare := strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	if addr, err := netip.ParseAddr(bare); err == nil {
		return addr.WithZone("").Unmap().String(), nil
	}
	host, wild := strings.CutPrefix(strings.TrimSuffix(name, "."), "*.")
	host, err := idna.Lookup.ToASCII(host)
	if err != nil || host == "" || len(host) > 253 {
		return "", fmt.Errorf("%q is neither a host name nor an IP address", name)
	}
	if wild {
		host = "*." + host
	}
	return host, nil
}

// GetCertificate serves tls.Config.GetCertificate. It issues for the name that
// the client asks for if that name is localhost, ends in .localhost or .test
// (which no public name does: RFC 6761 §6, unverified) or is a loopback
// address. A client that names nobody, as one does that connects to an address,
// gets a certificate for the address that it reached together with localhost.
//
// For any other name it returns nothing, so that crypto/tls goes on to
// tls.Config.Certificates, and where that is empty sends the alert
// unrecognized_name.
func (a *Authority) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if hello.ServerName == "" {
		return a.Leaf(append(reached(hello), "localhost", "127.0.0.1", "::1")...)
	}
	name, err := normalName(hello.ServerName)
	if err != nil || !local(name) {
		return nil, nil
	}
	return a.Leaf(name)
}

// reached returns the address of ours that the client connected to, if it is
// known: a UDP listener on all addresses does not know it.
func reached(hello *tls.ClientHelloInfo) []string {
	if hello.Conn == nil || hello.Conn.LocalAddr() == nil {
		return nil
	}
	at, err := netip.ParseAddrPort(hello.Conn.LocalAddr().String())
	if err != nil || at.Addr().IsUnspecified() {
		return nil
	}
	return []string{at.Addr().String()}
}

// local reports whether a normal name cannot lead off this machine.
func local(name string) bool {
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.IsLoopback()
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || strings.HasSuffix(name, ".test")
}
