package cert

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func memory(t *testing.T) *Authority {
	t.Helper()
	a, err := Memory()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestRoot(t *testing.T) {
	a := memory(t)
	root := a.Root()
	if !strings.HasPrefix(root.Subject.CommonName, "Statute local CA ") {
		t.Errorf("common name is %q", root.Subject.CommonName)
	}
	if life := time.Until(root.NotAfter); life < rootLife-time.Hour || life > rootLife {
		t.Errorf("the root lives %s more, want about %s", life, rootLife)
	}
	if len(root.PermittedDNSDomains)+len(root.ExcludedDNSDomains)+len(root.PermittedIPRanges) > 0 {
		t.Error("the root has name constraints")
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(a.PEM()) || !pool.Equal(a.Pool()) {
		t.Error("PEM and Pool do not hold the same certificate")
	}
}

func TestLeafIsGoodForItsNamesOnly(t *testing.T) {
	a := memory(t)
	leaf, err := a.Leaf("Example.test", "*.lab.test", "127.0.0.1", "[::1]", "法典.test.")
	if err != nil {
		t.Fatal(err)
	}
	for name, good := range map[string]bool{
		"example.test":     true,
		"one.lab.test":     true,
		"127.0.0.1":        true,
		"::1":              true,
		"xn--i6qx08d.test": true,
		"lab.test":         false,
		"a.one.lab.test":   false,
		"other.test":       false,
		"127.0.0.2":        false,
	} {
		_, err := leaf.Leaf.Verify(x509.VerifyOptions{DNSName: bracket(name), Roots: a.Pool()})
		if good != (err == nil) {
			t.Errorf("verify for %s: %v, want good = %v", name, err, good)
		}
	}
	if _, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: memory(t).Pool()}); err == nil {
		t.Error("another authority's pool verifies the leaf")
	}
	if life := time.Until(leaf.Leaf.NotAfter); life < leafLife-time.Hour || life > leafLife {
		t.Errorf("the leaf lives %s more, want about %s", life, leafLife)
	}
}

// bracket writes an address as VerifyOptions wants it.
func bracket(name string) string {
	if net.ParseIP(name) != nil {
		return "[" + name + "]"
	}
	return name
}

func TestLeafRefusesWhatIsNoName(t *testing.T) {
	a := memory(t)
	for _, names := range [][]string{nil, {""}, {"*."}, {"a b"}, {"a/b"}, {"http://a"}, {"a.*.test"}, {"good.test", ""},
		{strings.Repeat("a.", 150) + "test"}, make([]string, maxNames+1)} {
		if leaf, err := a.Leaf(names...); err == nil {
			t.Errorf("Leaf(%q) issued a certificate for %q", names, leaf.Leaf.DNSNames)
		}
	}
}

func TestLeavesAreKeptAndBounded(t *testing.T) {
	a := memory(t)
	first, _ := a.Leaf("a.test", "b.test")
	if again, _ := a.Leaf("B.test", "a.test", "a.test"); again != first {
		t.Error("the same names got another certificate")
	}
	for i := range maxLeaves {
		if _, err := a.Leaf(fmt.Sprintf("%d.test", i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.leaves) != maxLeaves || len(a.order) != maxLeaves {
		t.Errorf("%d leaves kept under %d names, want %d", len(a.leaves), len(a.order), maxLeaves)
	}
	if again, _ := a.Leaf("a.test", "b.test"); again == first {
		t.Error("the oldest leaf was not dropped")
	}
}

func TestLeafIsMadeAgainInTime(t *testing.T) {
	a := memory(t)
	start := time.Now()
	a.now = func() time.Time { return start }
	first, _ := a.Leaf("a.test")
	start = start.Add(leafLife / 2)
	if second, _ := a.Leaf("a.test"); second != first {
		t.Error("a leaf with half of its time left was made again")
	}
	start = start.Add(leafLife / 4)
	second, _ := a.Leaf("a.test")
	if second == first {
		t.Error("a leaf with a quarter of its time left was used on")
	}
	if len(a.order) != 1 {
		t.Errorf("the cache has %d entries for one name", len(a.order))
	}
	start = a.Root().NotAfter.Add(-time.Hour)
	last, err := a.Leaf("a.test")
	if err != nil || last.Leaf.NotAfter.After(a.Root().NotAfter) {
		t.Errorf("near the root's end: %v; the leaf outlives the root", err)
	}
	start = a.Root().NotAfter.Add(time.Hour)
	if _, err := a.Leaf("a.test"); err == nil {
		t.Error("an expired authority issues")
	}
}

func TestLeafConcurrently(t *testing.T) {
	a := memory(t)
	leaves := make([]*tls.Certificate, 20)
	var wg sync.WaitGroup
	for i := range leaves {
		wg.Go(func() { leaves[i], _ = a.Leaf(fmt.Sprintf("%d.test", i%2)) })
	}
	wg.Wait()
	for i, leaf := range leaves {
		if leaf == nil || leaf != leaves[i%2] {
			t.Errorf("request %d got its own certificate", i)
		}
	}
}

func TestGetCertificate(t *testing.T) {
	a := memory(t)
	for name, issued := range map[string]bool{
		"localhost": true, "LocalHost": true, "a.localhost": true, "statute.test": true, "a.b.test": true,
		"127.0.0.1": true, "127.8.8.8": true, "::1": true,
		"example.com": false, "test": false, "test.example": false, "nottest": false, "localhost.example": false,
		"192.0.2.1": false, "bad name.test": false,
	} {
		leaf, err := a.GetCertificate(&tls.ClientHelloInfo{ServerName: name})
		if err != nil || issued != (leaf != nil) {
			t.Errorf("GetCertificate for %s: %v, %v; want issued = %v", name, leaf, err, issued)
		}
	}
	leaf, err := a.GetCertificate(&tls.ClientHelloInfo{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"localhost", "[127.0.0.1]", "[::1]"} {
		if err := leaf.Leaf.VerifyHostname(name); err != nil {
			t.Errorf("without a name asked for: %v", err)
		}
	}
}

func TestHandshake(t *testing.T) {
	a := memory(t)
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: a.GetCertificate})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			nc.(*tls.Conn).Handshake()
			nc.Close()
		}
	}()
	for name, want := range map[string]string{
		"":             "", // crypto/tls sends no SNI for the address that it dials
		"statute.test": "",
		"example.com":  "unrecognized name",
	} {
		dialer := net.Dialer{Timeout: 5 * time.Second}
		nc, err := tls.DialWithDialer(&dialer, "tcp", ln.Addr().String(), &tls.Config{RootCAs: a.Pool(), ServerName: name})
		if err == nil {
			nc.Close()
		}
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("dial as %q: %v, want %q", name, err, want)
		}
	}
}

func TestNamesAreSortedOnce(t *testing.T) {
	got, err := normalize([]string{"b.test", "A.test", "b.TEST.", "::ffff:127.0.0.1"})
	if want := []string{"127.0.0.1", "a.test", "b.test"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("normalize: %q, %v, want %q", got, err, want)
	}
}
