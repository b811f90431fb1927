package main

import (
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage/road"
)

// check finds what would make no server.
func (f *serveFlags) check() error {
	for _, listen := range []struct{ flag, at, instead string }{
		{"listen", f.listen, "127.0.0.1:8080"},
		{"proxy-listen", f.proxy, "127.0.0.1:3128"},
		{"portal-listen", f.portal, "127.0.0.1:8081"},
	} {
		if listen.flag != "listen" && listen.at == house.Off {
			continue
		}
		_, port, err := net.SplitHostPort(listen.at)
		if err == nil {
			_, err = net.LookupPort("tcp", port)
		}
		if err != nil {
			return misuse(lang.Text{
				En:   fmt.Sprintf("--%s cannot be %q", listen.flag, listen.at),
				ZhTW: fmt.Sprintf("--%s 不能是 %q", listen.flag, listen.at),
			}, lang.Text{
				En:   fmt.Sprintf("give host and port such as %s, [::1]:8080 or, for all interfaces, :8080", listen.instead),
				ZhTW: fmt.Sprintf("請給主機和連接埠，例如 %s、[::1]:8080；:8080 表示所有介面", listen.instead)})
		}
	}
	if _, err := f.allowed(); err != nil {
		return misuse(lang.Text{En: "--allow-upstream: " + err.Error(), ZhTW: "--allow-upstream：" + err.Error()}, lang.Text{
			En:   "give HOST:PORT such as example.com:443, *.example.com:443 or *:443",
			ZhTW: "請給 HOST:PORT，例如 example.com:443、*.example.com:443 或 *:443"})
	}
	if _, err := f.trusted(); err != nil {
		return misuse(lang.Text{En: "--trusted-gateway: " + err.Error(), ZhTW: "--trusted-gateway：" + err.Error()}, lang.Text{
			En:   "give addresses or networks such as 192.0.2.7 or 2001:db8::/32, separated by commas, or none",
			ZhTW: "請給位址或網段，例如 192.0.2.7 或 2001:db8::/32，以逗號分隔；或寫 none"})
	}
	if f.sync != "always" && f.sync != "interval" {
		return misuse(lang.Text{
			En:   fmt.Sprintf("--sync cannot be %q: choose always or interval", f.sync),
			ZhTW: fmt.Sprintf("--sync 不能是 %q：請選 always 或 interval", f.sync)}, lang.Text{})
	}
	for _, limit := range []struct {
		flag  string
		value int64
	}{
		{"first-time", int64(f.limits.First)},
		{"head-time", int64(f.limits.Head)},
		{"stall-time", int64(f.limits.Stall)},
		{"write-time", int64(f.limits.Write)},
		{"idle-time", int64(f.limits.Idle)},
		{"max-connections", int64(f.limits.Connections)},
		{"max-connections-per-address", int64(f.limits.ConnectionsPerAddress)},
		{"max-worlds", int64(f.worlds.All)},
		{"max-worlds-per-address", int64(f.worlds.PerAddress)},
		{"max-stored", f.stored},
	} {
		if limit.value <= 0 {
			return misuse(lang.Text{
				En:   "--" + limit.flag + " has to be more than 0",
				ZhTW: "--" + limit.flag + " 必須大於 0"}, lang.Text{})
		}
	}
	return nil
}

// usualDoors puts the proxy and the interceptor at ports that the system chooses
// where it chooses the server's and nothing else was asked for: two servers that
// are to find ports by themselves do not fight for these.
func (f *serveFlags) usualDoors(given func(string) bool) {
	if _, port, err := net.SplitHostPort(f.listen); err != nil || port != "0" {
		return
	}
	if !given("proxy-listen") {
		f.proxy = "127.0.0.1:0"
	}
	if !given("portal-listen") {
		f.portal = "127.0.0.1:0"
	}
}

// allowed reads what may be reached besides the lab.
func (f *serveFlags) allowed() ([]road.Pattern, error) {
	var patterns []road.Pattern
	for _, text := range f.allow {
		p, err := road.ParsePattern(text)
		if err != nil {
			return nil, err
		}
		patterns = append(patterns, p)
	}
	return patterns, nil
}

// trusted reads where gateways are that we know; none is an empty list, not nil.
func (f *serveFlags) trusted() ([]netip.Prefix, error) {
	networks := []netip.Prefix{}
	if slices.Equal(f.gateways, []string{"none"}) {
		return networks, nil
	}
	for _, text := range f.gateways {
		network, err := netip.ParsePrefix(text)
		if addr, notMany := netip.ParseAddr(text); err != nil && notMany == nil {
			network, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a network", text)
		}
		networks = append(networks, network)
	}
	return networks, nil
}
