package road

import (
	"net/netip"
	"testing"
)

// Which addresses a pattern does not open.
func TestInner(t *testing.T) {
	for _, text := range []string{
		"127.0.0.1", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.1", "198.18.0.1",
		"224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::",
	} {
		if !inner(netip.MustParseAddr(text)) {
			t.Errorf("%s is anybody's", text)
		}
	}
	for _, text := range []string{"1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00::1"} {
		if inner(netip.MustParseAddr(text)) {
			t.Errorf("%s is nobody's", text)
		}
	}
}
