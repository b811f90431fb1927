package stage

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/store/memory"
	"github.com/statute-http/statute/wire"
)

// ask sends a request to a lab and returns the answer and its content.
func ask(t *testing.T, lab http.Handler, method, path, authorization string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	r.RequestURI = path
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	w := httptest.NewRecorder()
	lab.ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

// digestFor answers the Digest challenge of a 401 as RFC 7616 §3.4 says.
func digestFor(t *testing.T, answer *http.Response, user, password, method, uri, count string) string {
	t.Helper()
	for _, value := range answer.Header["Www-Authenticate"] {
		c, ok := readCredentials(value)
		if !ok {
			t.Fatalf("unreadable challenge: %s", value)
		}
		if c.scheme != "digest" {
			continue
		}
		nonce := c.params["nonce"]
		response := hexDigest(hexDigest(user+":cellar:"+password) + ":" + nonce + ":" + count + ":c:auth:" + hexDigest(method+":"+uri))
		return fmt.Sprintf(`Digest username="%s", realm="cellar", nonce="%s", uri="%s", algorithm=SHA-256, qop=auth, nc=%s, cnonce="c", response="%s"`,
			user, nonce, uri, count, response)
	}
	t.Fatal("there is no Digest challenge")
	return ""
}

func reasonOf(t *testing.T, content string) string {
	t.Helper()
	_, rest, _ := strings.Cut(content, `"reason": "`)
	reason, _, _ := strings.Cut(rest, `"`)
	return reason
}

func TestDigest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lab := NewLab(memory.New(memory.Config{}), lang.En)
		const list = "/lab/cellar/list"
		challenge, _ := ask(t, lab, "GET", list, "")
		with := func(count string) string { return digestFor(t, challenge, "guest", "guest", "GET", list, count) }
		for _, test := range []struct {
			name, path, authorization string
			want                      int
			reason                    string
		}{
			{"the first use", list, with("00000001"), 200, ""},
			{"the first use again", list, with("00000001"), 401, "credentials-used"},
			{"a later one", list, with("00000009"), 200, ""},
			{"one that was overtaken", list, with("00000005"), 200, ""},
			{"that again", list, with("00000005"), 401, "credentials-used"},
			{"far ahead", list, with("000000ff"), 200, ""},
			{"too far behind", list, with("00000006"), 401, "credentials-used"},
			{"no count", list, with("00000000"), 401, "credentials-wrong"},
			{"a count of another form", list, with("a"), 401, "credentials-wrong"},
			{"another password", list, digestFor(t, challenge, "guest", "tea", "GET", list, "00000100"), 401, "credentials-wrong"},
			{"another user", list, digestFor(t, challenge, "nobody", "guest", "GET", list, "00000100"), 401, "credentials-wrong"},
			{"another method", list, digestFor(t, challenge, "guest", "guest", "HEAD", list, "00000100"), 401, "credentials-wrong"},
			{"another target", "/lab/cellar/vault", with("00000100"), 400, "digest-uri"},
			{"without the right", "/lab/cellar/vault", digestFor(t, challenge, "guest", "guest", "GET", "/lab/cellar/vault", "00000100"), 403, "not-permitted"},
			{"MD5", list, strings.Replace(with("00000101"), "SHA-256", "MD5", 1), 401, "credentials-wrong"},
			{"two names", list, with("00000101") + ", username*=UTF-8''guest", 401, "credentials-wrong"},
			{"a hashed name", list, strings.Replace(with("00000102"), `"guest"`, `"`+hexDigest("guest:cellar")+`", userhash=true`, 1), 200, ""},
			{"a forged nonce", list, strings.Replace(with("00000103"), `nonce="`, `nonce="x`, 1), 401, "credentials-wrong"},
		} {
			answer, content := ask(t, lab, "GET", test.path, test.authorization)
			if answer.StatusCode != test.want || test.reason != "" && reasonOf(t, content) != test.reason {
				t.Errorf("%s: got %d %s, want %d %s", test.name, answer.StatusCode, content, test.want, test.reason)
			}
		}
		time.Sleep(nonceLife + time.Second)
		answer, content := ask(t, lab, "GET", list, with("00000200"))
		if answer.StatusCode != 401 || reasonOf(t, content) != "credentials-expired" || !strings.Contains(answer.Header["Www-Authenticate"][1], "stale=true") {
			t.Errorf("an old nonce: got %d %s %q", answer.StatusCode, content, answer.Header["Www-Authenticate"])
		}
		// A server that was started again does not know the nonce either.
		again, _ := ask(t, lab, "GET", list, "")
		other := NewLab(memory.New(memory.Config{}), lang.En)
		answer, content = ask(t, other, "GET", list, digestFor(t, again, "guest", "guest", "GET", list, "00000001"))
		if answer.StatusCode != 401 || reasonOf(t, content) != "credentials-expired" {
			t.Errorf("a nonce of another server: got %d %s", answer.StatusCode, content)
		}
	})
}

// The memory of nonces is bounded, and forgetting lets no replay through.
func TestNoncesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNonces(time.Now)
		first := n.next()
		if got := n.use(first, 1); got != nonceGood {
			t.Fatalf("got %d", got)
		}
		for range maxNonces {
			time.Sleep(time.Microsecond)
			if got := n.use(n.next(), 1); got != nonceGood {
				t.Fatalf("got %d", got)
			}
		}
		if len(n.used) > maxNonces {
			t.Errorf("%d nonces are kept", len(n.used))
		}
		if got := n.use(first, 1); got != nonceOld {
			t.Errorf("a replay of a forgotten nonce: got %d, want it to be stale", got)
		}
	})
}

// Of parallel requests with one count, one is taken.
func TestReplaysInParallel(t *testing.T) {
	n := newNonces(time.Now)
	nonce := n.next()
	var asked sync.WaitGroup
	won := make(chan struct{}, 100)
	for range 100 {
		asked.Go(func() {
			if n.use(nonce, 7) == nonceGood {
				won <- struct{}{}
			}
		})
	}
	asked.Wait()
	if len(won) != 1 {
		t.Errorf("%d of 100 were taken", len(won))
	}
}

func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(memory.Config{})
		issued := &tokens{seal: &seal{store: store}, now: time.Now}
		text, err := issued.issue(t.Context(), "keeper", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		lab := NewLab(store, lang.En) // another server over the same store
		says, signature, _ := strings.Cut(text, ".")
		forged, _ := (&tokens{seal: &seal{store: memory.New(memory.Config{})}, now: time.Now}).issue(t.Context(), "keeper", time.Minute)
		check := func(name, authorization, path string, want int, reason, error string) {
			t.Helper()
			answer, content := ask(t, lab, "GET", path, authorization)
			if answer.StatusCode != want || want > 400 && reasonOf(t, content) != reason {
				t.Errorf("%s: got %d %s", name, answer.StatusCode, content)
			}
			if got := strings.Join(answer.Header["Www-Authenticate"], " "); error != "" && !strings.Contains(got, `error="`+error+`"`) || error == "" && strings.Contains(got, "error=") {
				t.Errorf("%s: challenges %s", name, got)
			}
		}
		check("a good one", "Bearer "+text, "/lab/cellar/vault", 200, "", "")
		check("the scheme in another case", "bEARER "+text, "/lab/cellar/secret", 200, "", "")
		check("cut", "Bearer "+says, "/lab/cellar/vault", 401, "credentials-wrong", "invalid_token")
		check("changed", "Bearer x"+text, "/lab/cellar/vault", 401, "credentials-wrong", "invalid_token")
		check("another signature", "Bearer "+says+".x"+signature[1:], "/lab/cellar/vault", 401, "credentials-wrong", "invalid_token")
		check("of another server", "Bearer "+forged, "/lab/cellar/vault", 401, "credentials-wrong", "invalid_token")
		check("none", "Bearer", "/lab/cellar/vault", 401, "credentials-wrong", "invalid_token")
		time.Sleep(time.Minute)
		check("an old one", "Bearer "+text, "/lab/cellar/vault", 401, "credentials-expired", "invalid_token")
		check("Basic", "Basic a2VlcGVyOmtlZXBlcg==", "/lab/cellar/vault", 200, "", "")
		check("Basic with a control character", "Basic "+"Z3Vlc3Q6Z3Vlc3QA", "/lab/cellar/list", 401, "credentials-wrong", "")
		check("a scheme that was not offered", "Negotiate abc", "/lab/cellar/list", 401, "credentials-wrong", "")
		// A token begets no tokens.
		answer, _ := ask(t, lab, "POST", "/lab/tokens", "Bearer "+text)
		if answer.StatusCode != 401 || len(answer.Header["Www-Authenticate"]) != 2 {
			t.Errorf("a token for a token: got %d %q", answer.StatusCode, answer.Header["Www-Authenticate"])
		}
	})
}

// What is hidden is answered octet by octet as what does not exist, whatever the
// method and however the way of the decision is asked for.
func TestHidden(t *testing.T) {
	lab := NewLab(memory.New(memory.Config{}), lang.En)
	for _, who := range []string{"", "Basic Z3Vlc3Q6Z3Vlc3Q="} {
		for _, method := range []string{"GET", "HEAD", "PUT", "DELETE", "POST", "OPTIONS"} {
			var seen [2]string
			for i, room := range []string{"secret", "nothing"} {
				r := httptest.NewRequest(method, "/lab/cellar/"+room, nil)
				r.Header.Set("Prefer", "trace")
				if who != "" {
					r.Header.Set("Authorization", who)
				}
				w := httptest.NewRecorder()
				lab.ServeHTTP(w, r)
				w.Header().Del("Www-Authenticate") // with a nonce in it
				seen[i] = fmt.Sprint(w.Code, w.Header(), w.Body)
			}
			if seen[0] != seen[1] {
				t.Errorf("%s by %q: %s\nbut %s", method, who, seen[0], seen[1])
			}
		}
	}
}

func TestRegister(t *testing.T) {
	lab := NewLab(memory.New(memory.Config{}), lang.En)
	for _, test := range []struct {
		from, path string
		want       int
	}{
		{"127.0.1.5:1", "/lab/banned/1", 451},
		{"127.0.2.5:1", "/lab/banned/1", 200},
		{"[::ffff:127.0.1.5]:1", "/lab/banned/1", 451},
		{"[::1]:1", "/lab/banned/1", 200},
		{"127.0.1.5:1", "/lab/banned/2", 451},
		{"127.0.2.5:1", "/lab/banned/2", 404},
		{"127.0.2.5:1", "/lab/banned/3", 451},
		{"127.0.1.5:1", "/lab/banned/4", 200},
		{"127.0.1.5:1", "/lab/banned/1/x", 404},
	} {
		r := httptest.NewRequest("GET", test.path, nil)
		r.RemoteAddr = test.from
		r.Header.Set("X-Forwarded-For", "127.0.1.9")
		w := httptest.NewRecorder()
		lab.ServeHTTP(w, r)
		if w.Code != test.want {
			t.Errorf("%s from %s: got %d, want %d", test.path, test.from, w.Code, test.want)
		}
	}
}

// curl, which others wrote, knows how to answer each challenge.
func TestCurlAuthenticates(t *testing.T) {
	needs.Program(t, "curl", "curl")
	s := httptest.NewServer(NewLab(memory.New(memory.Config{}), lang.En))
	defer s.Close()
	for _, way := range []string{"--basic", "--digest", "--anyauth"} {
		for password, want := range map[string]string{"keeper": "200", "wrong": "401"} {
			out, err := exec.CommandContext(t.Context(), "curl", "-s", "-m", "10", "--noproxy", "*", "-o", "/dev/null", "-w", "%{http_code}",
				way, "-u", "keeper:"+password, s.URL+"/lab/cellar/vault").Output()
			if err != nil || string(out) != want {
				t.Errorf("curl %s with %s: got %s, want %s (%v)", way, password, out, want, err)
			}
		}
	}
}

func TestReadCredentials(t *testing.T) {
	for _, test := range []struct {
		value string
		ok    bool
		want  string
	}{
		{"Basic Z3Vlc3Q6Z3Vlc3Q=", true, "basic Z3Vlc3Q6Z3Vlc3Q= map[]"},
		{"Bearer", true, "bearer  map[]"},
		{`Digest a="x, \"y\"", B = z`, true, `digest  map[a:x, "y" b:z]`},
		{`Digest a=1, A=2`, false, ""},
		{`Digest a="open`, false, ""},
		{`Digest a="x"y`, false, ""},
		{`Digest =x`, false, ""},
		{`Digest a=`, true, "digest a= map[]"},
		{``, false, ""},
		{`B@sic x`, false, ""},
	} {
		c, ok := readCredentials(test.value)
		if got := fmt.Sprint(c.scheme, " ", c.token68, " ", c.params); ok != test.ok || ok && got != test.want {
			t.Errorf("%s: got %s %t, want %s %t", test.value, got, ok, test.want, test.ok)
		}
	}
}

// Whatever stands in Authorization, the answer is 200 or a refusal.
func FuzzCredentials(f *testing.F) {
	for _, seed := range []string{"Basic Z3Vlc3Q6Z3Vlc3Q=", "Bearer a.b", `Digest username="guest", nc=00000001`, "\x00", "Basic ="} {
		f.Add(seed)
	}
	g := newGuard(&tokens{seal: &seal{store: memory.New(memory.Config{})}, now: time.Now}, nil)
	f.Fuzz(func(t *testing.T, value string) {
		r := httptest.NewRequest("GET", "/lab/cellar/list", nil)
		r.Header["Authorization"] = []string{value}
		user, err := g.Authenticate(r)
		var refusal *wire.Refusal
		if err == nil && user == "" || err != nil && (!errors.As(err, &refusal) || user != "") {
			t.Errorf("%q: user %q, %v", value, user, err)
		}
	})
}
