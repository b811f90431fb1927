package serve

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAddress(t *testing.T) {
	const clear = "clear"
	for _, test := range []struct {
		name, target, host string
		secured            string // the name in the handshake, or clear
		want               int
	}{
		{"the name itself", "/", "coffee.test", "coffee.test", 200},
		{"in another form", "/", "COFFEE.test.:8443", "coffee.test", 200},
		{"another name's connection", "/", "coffee.test:8443", "tea.test", 421},
		{"a nameless connection", "/", "coffee.test", "", 421},
		{"in the clear", "/", "coffee.test", clear, 200},
		{"a name like all others", "/", "127.0.0.1:8443", "tea.test", 200},
		{"no port, an address of version 6", "/", "[::1]", "tea.test", 200},
		{"https in the clear", "https://coffee.test/", "coffee.test", clear, 421},
		{"HTTPS in the clear, any name", "HTTPS://127.0.0.1/", "127.0.0.1", clear, 421},
		{"http over TLS", "http://coffee.test/", "coffee.test", "tea.test", 200},
		{"https over TLS", "https://coffee.test/", "coffee.test", "tea.test", 421},
		{"https over the right TLS", "https://coffee.test/", "coffee.test", "coffee.test", 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", test.target, nil)
			r.Host, r.TLS = test.host, nil
			if test.secured != clear {
				r.TLS = &tls.ConnectionState{ServerName: test.secured}
			}
			w := httptest.NewRecorder()
			Address([]string{"tea.test", "coffee.test"}, "en", http.NotFoundHandler()).ServeHTTP(w, r)
			got := w.Code
			if got == 404 { // it came through
				got = 200
			}
			if got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}
