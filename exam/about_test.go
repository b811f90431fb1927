package exam_test

import (
	"testing"

	"github.com/statute-http/statute/exam"
)

func TestBrief(t *testing.T) {
	for _, test := range [][3]string{
		{"curl", "curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 OpenSSL/3.0.19", "7.88.1"},
		{"wget2", "GNU Wget2 1.99.1 - multithreaded metalink/file/website downloader", "GNU Wget2 1.99.1"},
		{"python-requests", "2.28.1", "2.28.1"},
		{"go-quic-go", "0.65.0, Go 1.26.8", "0.65.0, Go 1.26.8"},
		{"tea", "", ""},
	} {
		if got := (exam.About{Name: test[0], Version: test[1]}).Brief(); got != test[2] {
			t.Errorf("%s, %q: %q, want %q", test[0], test[1], got, test[2])
		}
	}
}
