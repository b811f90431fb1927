package road

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// directives are those of Cache-Control (RFC 9111 §5.2), by name in lower case.
// Of a name that is there twice the first counts (§4.2.1).
type directives map[string]string

func directivesOf(fields wire.Fields) directives {
	d := directives{}
	for member := range fields.Members("Cache-Control") {
		name, value, _ := strings.Cut(member, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := d[name]; !twice {
			d[name] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return d
}

func (d directives) has(name string) bool { _, ok := d[name]; return ok }

// seconds returns a directive's argument. RFC 9111 §1.2.2: a number too large
// to hold is very large; one that is none means no time at all (§4.2.1).
func (d directives) seconds(name string) (time.Duration, bool) {
	value, ok := d[name]
	if !ok {
		return 0, false
	}
	return deltaSeconds(value), true
}

func deltaSeconds(value string) time.Duration {
	n, err := strconv.ParseUint(value, 10, 64)
	if err != nil && strings.Trim(value, "0123456789") != "" || value == "" {
		return 0
	}
	return time.Duration(min(n, 1<<31)) * time.Second
}

// A stored response, with what its age and its choice depend on.
type stored struct {
	key     string
	status  status.Code
	fields  wire.Fields
	content []byte
	asked   time.Time         // when it was requested
	came    time.Time         // when it was received
	vary    map[string]string // what the request had in the fields that Vary names
}

func (s *stored) date() time.Time {
	if t, err := http.ParseTime(s.fields.Get("Date")); err == nil {
		return t
	}
	return s.came
}

// age is current_age (RFC 9111 §4.2.3).
func (s *stored) age(now time.Time) time.Duration {
	apparent := max(0, s.came.Sub(s.date()))
	corrected := deltaSeconds(s.fields.Get("Age")) + s.came.Sub(s.asked)
	return max(apparent, corrected) + now.Sub(s.came)
}

// heuristicShare and heuristicMost: RFC 9111 §4.2.2, a tenth of the time since
// the last change is typical; no more than a day is ours.
const (
	heuristicShare = 10
	heuristicMost  = 24 * time.Hour
)

// lifetime is freshness_lifetime (RFC 9111 §4.2.1). The cache is private, so
// s-maxage is none of its business.
func (s *stored) lifetime() time.Duration {
	if most, ok := directivesOf(s.fields).seconds("max-age"); ok {
		return most
	}
	if s.fields.Has("Expires") {
		// RFC 9111 §5.3: what is no date is in the past.
		expires, err := http.ParseTime(s.fields.Get("Expires"))
		if err != nil {
			return 0
		}
		return expires.Sub(s.date())
	}
	entry, _ := status.Get(s.status)
	changed, err := http.ParseTime(s.fields.Get("Last-Modified"))
	if entry.Store != status.Heuristic || err != nil {
		return 0
	}
	return min(heuristicMost, s.date().Sub(changed)/heuristicShare)
}

// usable reports whether it may be reused without asking, as the request has it
// (RFC 9111 §4, §5.2.1).
func (s *stored) usable(asks directives, pragma bool, now time.Time) bool {
	says := directivesOf(s.fields)
	if says.has("no-cache") || asks.has("no-cache") || pragma && len(asks) == 0 {
		return false
	}
	age, life := s.age(now), s.lifetime()
	if most, ok := asks.seconds("max-age"); ok && age > most {
		return false
	}
	if more, ok := asks.seconds("min-fresh"); ok && life-age < more {
		return false
	}
	if age < life {
		return true
	}
	// RFC 9111 §5.2.1.2: max-stale, without an argument, takes any age; §5.2.2.2:
	// must-revalidate does not let it.
	if !asks.has("max-stale") || says.has("must-revalidate") {
		return false
	}
	return asks["max-stale"] == "" || age-life <= deltaSeconds(asks["max-stale"])
}

// fits reports whether the request has in the fields of Vary what the request
// had that it answered (RFC 9111 §4.1).
func (s *stored) fits(r *http.Request) bool {
	for name, value := range s.vary {
		if strings.Join(r.Header.Values(name), ", ") != value {
			return false
		}
	}
	return true
}

// notModified reports whether the client has the stored response already (RFC
// 9111 §4.3.2, RFC 9110 §13.2.2).
func (s *stored) notModified(r *http.Request) bool {
	if s.status != http.StatusOK {
		return false
	}
	tag := strings.TrimPrefix(s.fields.Get("ETag"), "W/")
	if lines := r.Header["If-None-Match"]; len(lines) > 0 {
		for _, line := range lines {
			for member := range wire.Members(line) {
				if member == "*" || tag != "" && strings.TrimPrefix(member, "W/") == tag {
					return true
				}
			}
		}
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	if err != nil {
		return false
	}
	changed, err := http.ParseTime(s.fields.Get("Last-Modified"))
	if err != nil {
		changed = s.date()
	}
	return !changed.After(since)
}

// freshen updates the fields with those of a 304 (RFC 9111 §3.2, §4.3.4).
func (s *stored) freshen(by wire.Fields, asked, came time.Time) *stored {
	fresh := *s
	fresh.asked, fresh.came, fresh.fields = asked, came, nil
	for _, f := range s.fields {
		if !by.Has(f.Name) || strings.EqualFold(f.Name, "Content-Length") {
			fresh.fields = append(fresh.fields, f)
		}
	}
	for _, f := range by {
		if !strings.EqualFold(f.Name, "Content-Length") {
			fresh.fields = append(fresh.fields, f)
		}
	}
	return &fresh
}
