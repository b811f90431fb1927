package house_test

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/statute-http/statute/house"
)

// TestGateways: a mark of early data is a gateway's where the house is told of
// one, and on loopback if it is told nothing; elsewhere it is somebody's claim.
func TestGateways(t *testing.T) {
	for _, test := range []struct {
		gateways []netip.Prefix
		reason   string
	}{
		{nil, "early-data-forwarded"},
		{[]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, "early-data-claimed"},
		{[]netip.Prefix{}, "early-data-claimed"},
	} {
		h, err := house.Open(house.Config{Gateways: test.gateways, Proxy: house.Off, Portal: house.Off})
		if err != nil {
			t.Fatal(err)
		}
		served := make(chan error, 1)
		go func() { served <- h.Serve() }()
		q, _ := http.NewRequest("PUT", "http://"+h.Address()+"/lab/depot/cup", strings.NewReader("tea"))
		q.Header.Set("Early-Data", "1")
		answer, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		var problem struct{ Reason string }
		json.NewDecoder(answer.Body).Decode(&problem)
		answer.Body.Close()
		if answer.StatusCode != 425 || problem.Reason != test.reason {
			t.Errorf("with gateways %v: %d for %q, want 425 for %q", test.gateways, answer.StatusCode, problem.Reason, test.reason)
		}
		h.Shutdown(t.Context())
		if err := <-served; err != nil {
			t.Error(err)
		}
	}
}
