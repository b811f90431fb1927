package stage

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A resource answers requests to one place of the lab. The error is a refusal,
// or an unexpected fault; [lab.answer] speaks for both.
type resource struct {
	allow  []string // methods, in the order in which Allow lists them
	handle func(http.ResponseWriter, *http.Request) error
}

// lab is the handler of the resources at /lab/.
type lab struct {
	language lang.Tag
	places   func(path string) *resource
}

// NewLab returns the handler of the lab's resources, to be mounted at /lab/.
// Answers to requests that state no language are in the one given.
func NewLab(otherwise lang.Tag) http.Handler {
	depot := newDepot()
	fixed := map[string]*resource{
		"/lab/page":      newPage(),
		"/lab/till":      newTill(),
		"/lab/hints":     newHints(),
		"/lab/hints.css": newStyle(),
		"/lab/share":     newShare(),
	}
	return crossOrigin(&lab{language: otherwise, places: func(path string) *resource {
		if name, ok := strings.CutPrefix(path, "/lab/depot/"); ok && name != "" && !strings.Contains(name, "/") {
			return depot.at(name)
		}
		return fixed[path]
	}})
}

func (l *lab) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := l.decide(w, r); err != nil {
		l.answer(w, r, err)
	}
}

func (l *lab) decide(w http.ResponseWriter, r *http.Request) error {
	place := l.places(r.URL.Path)
	if place == nil {
		return notFound()
	}
	if r.Method == http.MethodOptions {
		// RFC 9110 §9.3.7: what the target can do, in Allow.
		w.Header().Set("Allow", strings.Join(place.allow, ", "))
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if !slices.Contains(place.allow, r.Method) {
		return notAllowed(place.allow)
	}
	return place.handle(w, r)
}

// answer speaks for whatever refused: the one place in which errors of the lab
// become answers. An error that is no refusal is a fault of ours.
func (l *lab) answer(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *wire.Refusal
	if !errors.As(err, &refusal) {
		panic(err)
	}
	refusal.Answer(w, r, l.language)
}

// crossOrigin lets pages of other origins use the lab. A preflight is answered
// before anything else is asked of the request, as the Fetch standard needs.
func crossOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Expose-Headers", "*")
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			w.Header().Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
			if fields := r.Header.Get("Access-Control-Request-Headers"); fields != "" {
				w.Header().Set("Access-Control-Allow-Headers", fields)
			}
			w.Header().Set("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}
