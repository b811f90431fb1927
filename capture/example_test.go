package capture_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/wire"
)

func ExampleRead() {
	printed := "HTTP/1.1 302 Found\r\nDate: Tue, 03 Mar 2026 08:00:00 GMT\r\nContent-Length: 0\r\n\r\nHTTP/2 200 \r\n\r\nhello"
	for e, err := range capture.Read(context.Background(), strings.NewReader(printed), capture.Options{}) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		p := e.Exchange.Answer()
		fmt.Println(e.Number, e.Offset, e.Exchange.Conn.Protocol, p.Status, p.Has("Location") == wire.Absent)
	}
	// Output:
	// 1 0 h1 302 true
	// 2 78 h2 200 true
}

// A line has what the exchange has; what is empty is left out, octets are base64,
// and the value of a credential is null.
func ExampleAppend() {
	line, err := capture.Append(nil, &wire.Exchange{
		Conn: wire.Conn{Protocol: wire.H1},
		Request: wire.Request{Method: "GET", Target: "/", Message: wire.Message{
			Fields: wire.Fields{{Name: "Host", Value: "a"}, {Name: "Authorization", Redacted: true}}}},
		Final: &wire.Response{Status: 200, Message: wire.Message{
			Content: wire.Content{Length: 2, Data: []byte("ok"), Complete: true}}},
		Seen: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
	})
	fmt.Printf("%s%v\n", line, err)
	// Output:
	// {"statute":1,"conn":{"protocol":"h1"},"request":{"method":"GET","target":"/","fields":[["Host","a"],["Authorization",null]]},"final":{"status":200,"length":2,"data":"b2s=","complete":true},"seen":["request","response","content"]}
	// <nil>
}
