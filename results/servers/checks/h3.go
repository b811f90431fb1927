//go:build ignore

// Command h3 asks one question over HTTP/3 for check.py: quic-go carries the
// streams and its qpack reads the answer; the frames and the field section that
// are sent are written here, octet by octet, so that they can be wrong.
//
// A line of JSON on standard input is a question, a line on standard output what
// came.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/quic-go/qpack"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/quicvarint"
)

type question struct {
	Address string      // host and port
	Lines   [][2]string // the field section
	Content *string     // nil: the stream ends with the field section
	Hold    float64     // seconds for which the content is held back, or until an answer comes
	Wait    float64     // seconds of silence that are taken for no answer
}

type answer struct {
	Interim []string    `json:"interim"`
	Lines   [][2]string `json:"lines"` // of the final answer
	Content string      `json:"content"`
	End     string      `json:"end"`
	Seconds float64     `json:"seconds"` // until the final answer
}

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var q question
		err := json.Unmarshal(lines.Bytes(), &q)
		if err != nil {
			fmt.Fprintln(os.Stderr, "h3: read a question:", err)
			os.Exit(2)
		}
		json.NewEncoder(os.Stdout).Encode(ask(q))
	}
}

func ask(q question) (a answer) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	config := &tls.Config{InsecureSkipVerify: true, ServerName: "localhost", NextProtos: []string{"h3"}}
	conn, err := quic.DialAddr(ctx, strings.Replace(q.Address, "localhost", "127.0.0.1", 1), config, nil)
	if err != nil {
		return answer{End: "no connection: " + err.Error()}
	}
	defer conn.CloseWithError(0x100, "")
	control, err := conn.OpenUniStream()
	if err == nil {
		_, err = control.Write([]byte{0, 4, 0}) // a control stream, SETTINGS, none of them
	}
	if err != nil {
		return answer{End: err.Error()}
	}
	s, err := conn.OpenStreamSync(ctx)
	if err != nil {
		return answer{End: err.Error()}
	}
	section := []byte{0, 0}
	for _, l := range q.Lines {
		section = append(number(section, 0x20, 3, len(l[0])), l[0]...) // a literal with a literal name, RFC 9204 §4.5.6
		section = append(number(section, 0, 7, len(l[1])), l[1]...)
	}
	began := time.Now()
	s.Write(frame(1, section))
	heard := make(chan bool, 1)
	go func() {
		if q.Content != nil {
			select {
			case <-heard:
			case <-time.After(time.Duration(q.Hold * float64(time.Second))):
			}
			s.Write(frame(0, []byte(*q.Content)))
		}
		s.Close()
	}()
	s.SetReadDeadline(began.Add(time.Duration((q.Hold + q.Wait) * float64(time.Second))))
	for r := quicvarint.NewReader(s); ; {
		kind, payload, err := read(r)
		if err != nil {
			a.End = end(err)
			return a
		}
		switch {
		case kind == 0:
			a.Content += string(payload)
		case kind == 1 && a.Lines == nil:
			lines, err := decoded(payload)
			if err != nil {
				a.End = "a field section that cannot be read: " + err.Error()
				return a
			}
			select {
			case heard <- true:
			default:
			}
			if status := lines[0][1]; strings.HasPrefix(status, "1") {
				a.Interim = append(a.Interim, status)
				continue
			}
			a.Lines, a.Seconds = lines, time.Since(began).Seconds()
		}
	}
}

func frame(kind uint64, payload []byte) []byte {
	return append(quicvarint.Append(quicvarint.Append(nil, kind), uint64(len(payload))), payload...)
}

// number is an integer whose first octet has so many bits for it, RFC 9204 §4.1.1.
func number(b []byte, first byte, bits uint, n int) []byte {
	most := 1<<bits - 1
	if n < most {
		return append(b, first|byte(n))
	}
	b = append(b, first|byte(most))
	for n -= most; n >= 128; n /= 128 {
		b = append(b, byte(n%128+128))
	}
	return append(b, byte(n))
}

func read(r quicvarint.Reader) (kind uint64, payload []byte, err error) {
	if kind, err = quicvarint.Read(r); err != nil {
		return 0, nil, err
	}
	size, err := quicvarint.Read(r)
	if err != nil || size > 1<<20 {
		return 0, nil, errors.Join(err, fmt.Errorf("a frame of %d octets", size))
	}
	payload = make([]byte, size)
	_, err = io.ReadFull(r, payload)
	return kind, payload, err
}

func decoded(section []byte) (lines [][2]string, err error) {
	next := qpack.NewDecoder().Decode(section)
	for {
		f, err := next()
		if errors.Is(err, io.EOF) && len(lines) > 0 {
			return lines, nil
		}
		if err != nil {
			return nil, err
		}
		lines = append(lines, [2]string{f.Name, f.Value})
	}
}

func end(err error) string {
	var reset *quic.StreamError
	var closed *quic.ApplicationError
	switch {
	case errors.Is(err, io.EOF):
		return "whole"
	case errors.As(err, &reset):
		return fmt.Sprintf("stream reset, error %#x", uint64(reset.ErrorCode))
	case errors.As(err, &closed):
		return fmt.Sprintf("connection closed, error %#x", uint64(closed.ErrorCode))
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "silent"
	}
	return err.Error()
}
