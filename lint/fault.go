package lint

import (
	"bytes"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 500
var fault = []Rule{
	{
		// The section of RFC 9457 is unverified; RFC 7807 §5 is the one before it.
		Name: "stack-trace-shown", Level: Advice, About: OfMessage,
		Spec: "RFC 9457 §5", Codes: []status.Code{500, 502, 503}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: stackTraceShown,
	},
}

// traces are what the traces of common runtimes have in common, and prose has
// not.
var traces = [][]byte{
	[]byte("Traceback (most recent call last)"), // Python
	[]byte("goroutine 1 ["),                     // Go
	[]byte(" [running]:"),                       // Go
	[]byte("\n\tat java."),                      // Java
	[]byte("Exception in thread \""),            // Java
	[]byte("\n    at Object.<anonymous> ("),     // JavaScript
	[]byte("node_modules/"),                     // JavaScript
	[]byte("PHP Fatal error:"),                  // PHP
	[]byte("<b>Fatal error</b>:"),               // PHP
	[]byte("\n#0 /"),                            // PHP
	[]byte("   at System.Web."),                 // .NET
	[]byte("thread 'main' panicked at"),         // Rust
}

// RFC 9457 §5 (unverified; RFC 7807 §5): what tells of an error ought not to
// show how the server is made, a dump of its stack least of all.
func stackTraceShown(x *wire.Exchange, r *Report) {
	p := x.Answer()
	for _, trace := range traces {
		if bytes.Contains(p.Content.Data, trace) {
			r.Final("", lang.Text{
				En:   "The content of the %d shows the insides of the program: %q.",
				ZhTW: "%d 的內容洩漏了程式內部：%q。"}, int(p.Status), string(bytes.TrimSpace(trace)))
			return
		}
	}
}
