package wire_test

import (
	"net/netip"
	"testing"

	"github.com/statute-http/statute/wire"
)

func TestNetworks(t *testing.T) {
	ours := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48")}
	for _, test := range []struct {
		address, network string
		among            bool
	}{
		{"127.0.3.5:80", "127.0.3.5/32", true},
		{"127.0.3.5", "127.0.3.5/32", true},
		{"[::ffff:127.0.0.1]:80", "127.0.0.1/32", true},
		{"192.0.2.1:80", "192.0.2.1/32", false},
		{"[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64", true},
		{"2001:db8:2::1", "2001:db8:2::/64", false},
		{"[fe80::1%eth0]:443", "fe80::/64", false},
		{"@", "invalid Prefix", false},
		{"", "invalid Prefix", false},
	} {
		if got := wire.NetworkOf(test.address).String(); got != test.network {
			t.Errorf("the network of %q is %s, want %s", test.address, got, test.network)
		}
		if got := wire.AmongNetworks(ours, test.address); got != test.among {
			t.Errorf("%q among ours: %v", test.address, got)
		}
	}
}
