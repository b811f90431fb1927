package stage

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// The handler alone, without a server around it; what a server adds is
// measured in package serve and by bench/peers.sh.
func BenchmarkPosed(b *testing.B) {
	handler := NewPosed(PosedConfig{})
	for _, test := range []struct{ name, target string }{
		{"204", "/status/204"},
		{"302", "/status/302"},
		{"503", "/status/503"},
		{"chance", "/status/200:0.9,500:0.1"},
		{"options", "/status/503?retry-after=5&body=tea&field=X-A:b"},
	} {
		b.Run(test.name, func(b *testing.B) {
			r := httptest.NewRequest("GET", test.target, nil)
			r.Header.Set("Accept", "*/*")
			b.ReportAllocs()
			for b.Loop() {
				handler.ServeHTTP(&posedSink{header: make(http.Header)}, r)
			}
		})
	}
}

// A posedSink is a client that throws every answer away.
type posedSink struct{ header http.Header }

func (s *posedSink) Header() http.Header              { return s.header }
func (s *posedSink) WriteHeader(int)                  {}
func (s *posedSink) Write(octets []byte) (int, error) { return len(octets), nil }
