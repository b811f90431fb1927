package stage

import (
	"net/http"
	"time"

	"github.com/statute-http/statute/stage/road"
)

// portalStay is how long a client of the portal passes once it has agreed.
const portalStay = 10 * time.Minute

// Roads returns the mechanisms of the lab that have ports of their own, its
// forward proxy and its interceptor. They reach what the reach allows, and end
// when the lab closes. Self is where the proxy is, as host and port.
func (l *Lab) Roads(reach *road.Reach, self string) (proxy, portal http.Handler) {
	hop := func(kind string) *road.Hop { return &road.Hop{Name: road.NewName(kind), Over: l.sockets.over} }
	p := &road.Proxy{
		Hop: hop("statute-proxy"), Reach: reach, Self: self, Lang: l.language,
		Users: map[string]road.User{"guest": {Password: "guest"}, "thrifty": {Password: "thrifty", Transform: true}},
	}
	return p, &road.Portal{Hop: hop("statute-portal"), Reach: reach, Proxy: p, Stay: portalStay, Lang: l.language}
}
