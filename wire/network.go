package wire

import "net/netip"

// NetworkOf returns what counts as one peer, of an address with or without its
// port: an IPv4 address, or the /64 that one IPv6 host commonly has to itself. It
// is the zero Prefix for what is no address.
func NetworkOf(address string) netip.Prefix {
	addr := addrOf(address)
	bits := 64
	if addr.Is4() {
		bits = 32
	}
	prefix, _ := addr.Prefix(bits)
	return prefix
}

// AmongNetworks reports whether an address, with or without its port, is in one
// of the networks.
func AmongNetworks(networks []netip.Prefix, address string) bool {
	addr := addrOf(address)
	for _, n := range networks {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}

// addrOf reads an address in the one form in which addresses are compared.
func addrOf(address string) netip.Addr {
	addr, err := netip.ParseAddr(address)
	if ap, notAlone := netip.ParseAddrPort(address); err != nil && notAlone == nil {
		addr = ap.Addr()
	}
	return addr.Unmap().WithZone("")
}
