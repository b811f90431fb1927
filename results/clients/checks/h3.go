//go:build ignore

// Repeats h3-early-response by hand: Chromium posts half a megabyte over HTTP/3,
// and the whole answer comes before the content is through.
//
//	go run h3.go [NETLOG]   Chromium writes what it did into that file
//
// Nothing of Statute's is used: QUIC is quic-go's transport, and the frames of
// HTTP/3 are put together here. The answer is 200 "final" each time:
//
//	/whole      after all content has come
//	/early      at once; the content is read afterwards
//	/stop       at once, then STOP_SENDING with H3_NO_ERROR
//	/stop-late  the same, STOP_SENDING half a second later
//
// RFC 9114 §4.1 lets a server do each of these, and tells a client not to throw a
// complete answer away for it.
package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/quic-go/qpack"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/quicvarint"
)

const page = `<!doctype html><script>
(async () => {
	const said = []
	const late = () => new Promise((_, no) => setTimeout(() => no('not settled after 8 s'), 8000))
	for (const path of ['/whole', '/early', '/stop-late', '/stop', '/whole'])
		try {
			const answer = await Promise.race([late(), fetch(path, {method: 'POST', body: 'leaves\n'.repeat(75000)})])
			said.push(path + '  ' + answer.status + ' ' + await answer.text())
		} catch (e) {
			said.push(path + '  ' + e)
		}
	fetch('/told?' + encodeURIComponent(said.join('\n')))
})()
</script>`

func main() {
	certificate, key := identity()
	ln, err := quic.ListenAddr("127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h3"}}, nil)
	must(err)
	told := make(chan string, 1)
	go func() {
		for {
			c, err := ln.Accept(context.Background())
			if err != nil {
				return
			}
			go serve(c, told)
		}
	}()
	folder, err := os.MkdirTemp("", "chromium-")
	must(err)
	defer os.RemoveAll(folder)
	words := []string{"--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + folder, "--no-proxy-server",
		"--enable-quic", "--origin-to-force-quic-on=*", "--ignore-certificate-errors-spki-list=" + key, "--remote-debugging-port=0"}
	if len(os.Args) > 1 {
		words = append(words, "--log-net-log="+os.Args[1])
	}
	ctx, end := context.WithTimeout(context.Background(), time.Minute)
	defer end()
	browser := exec.CommandContext(ctx, "chromium", append(words, "https://"+ln.Addr().String()+"/page")...)
	must(browser.Start())
	select {
	case said := <-told:
		fmt.Println(said)
	case <-ctx.Done():
		fmt.Println("Chromium said nothing for a minute")
	}
	browser.Process.Signal(os.Interrupt)
	browser.Wait()
}

func serve(c *quic.Conn, told chan string) {
	settings, err := c.OpenUniStream()
	if err != nil {
		return
	}
	settings.Write([]byte{0, 4, 0}) // a control stream with empty SETTINGS
	go func() {
		for {
			s, err := c.AcceptUniStream(context.Background())
			if err != nil {
				return
			}
			go io.Copy(io.Discard, s)
		}
	}()
	for {
		s, err := c.AcceptStream(context.Background())
		if err != nil {
			return
		}
		go answer(s, told)
	}
}

func answer(s *quic.Stream, told chan string) {
	path := target(s)
	early := func() {
		s.Write(append(headers("200", "text/plain"), frame(0, []byte("final"))...))
		s.Close()
	}
	said, isTold := strings.CutPrefix(path, "/told?")
	switch {
	case isTold:
		s.Write(headers("204", "text/plain"))
		said, _ = url.QueryUnescape(said)
		told <- said
	case path == "/page":
		s.Write(append(headers("200", "text/html"), frame(0, []byte(page))...))
	case path == "/whole":
		io.Copy(io.Discard, s)
		early()
	case path == "/early":
		early()
		time.Sleep(300 * time.Millisecond)
		io.Copy(io.Discard, s)
	case path == "/stop":
		early()
		s.CancelRead(0x100)
	case path == "/stop-late":
		early()
		time.Sleep(500 * time.Millisecond)
		s.CancelRead(0x100)
	default:
		s.Write(headers("204", "text/plain"))
	}
	s.Close()
}

// target reads the HEADERS frame of a request, and returns its :path.
func target(s io.Reader) string {
	r := quicvarint.NewReader(s)
	if kind, err := quicvarint.Read(r); err != nil || kind != 1 {
		return ""
	}
	n, err := quicvarint.Read(r)
	if err != nil || n > 1<<16 {
		return ""
	}
	section := make([]byte, n)
	io.ReadFull(s, section)
	for next := qpack.NewDecoder().Decode(section); ; {
		f, err := next()
		if err != nil || f.Name == ":path" {
			return f.Value
		}
	}
}

// headers is a HEADERS frame of literals.
func headers(status, kind string) []byte {
	var section bytes.Buffer
	e := qpack.NewEncoder(&section)
	e.WriteField(qpack.HeaderField{Name: ":status", Value: status})
	e.WriteField(qpack.HeaderField{Name: "content-type", Value: kind})
	return frame(1, section.Bytes())
}

func frame(kind uint64, content []byte) []byte {
	return append(quicvarint.Append(quicvarint.Append(nil, kind), uint64(len(content))), content...)
}

// identity is a certificate, and what Chromium calls its key.
func identity() (tls.Certificate, string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	t := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(240 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	must(err)
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	must(err)
	sum := sha256.Sum256(public)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, base64.StdEncoding.EncodeToString(sum[:])
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
