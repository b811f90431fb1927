package browser

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/statute-http/statute/exam/client"
)

type firefox struct {
	cmd  *exec.Cmd
	gone chan struct{} // closed when the process has ended
	bidi *bidi
}

// preferences keep it from asking anybody anything: neither its makers nor, for
// a password, a user who is not there.
const preferences = `user_pref("app.normandy.enabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.page", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.disable_open_during_load", false);
user_pref("extensions.update.enabled", false);
user_pref("network.auth.subresource-http-auth-allow", 0);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.http.speculative-parallel-limit", 0);
user_pref("network.proxy.type", 0);
user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");
user_pref("toolkit.telemetry.enabled", false);
`

func startFirefox(ctx context.Context, folder string) (engine, string, error) {
	path, err := exec.LookPath("firefox-esr")
	if err != nil {
		path, err = exec.LookPath("firefox")
	}
	if err != nil {
		return nil, "", err
	}
	if err := os.WriteFile(filepath.Join(folder, "user.js"), []byte(preferences), 0o600); err != nil {
		return nil, "", err
	}
	f := &firefox{cmd: exec.Command(path, "--headless", "--remote-debugging-port=0", "--profile", folder), gone: make(chan struct{})}
	client.Alone(f.cmd)
	f.cmd.Env = append(os.Environ(), "HOME="+folder, "MOZ_CRASHREPORTER_DISABLE=1")
	told, err := f.cmd.StderrPipe()
	if err != nil {
		return nil, "", err
	}
	if err := f.cmd.Start(); err != nil {
		return nil, "", err
	}
	where := make(chan string, 1)
	go func() {
		defer close(f.gone)
		defer f.cmd.Wait()
		for lines := bufio.NewScanner(told); lines.Scan(); {
			if at, ok := strings.CutPrefix(lines.Text(), "WebDriver BiDi listening on "); ok {
				where <- at
			}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	var version string
	select {
	case at := <-where:
		version, err = f.begin(ctx, at)
	case <-f.gone:
		err = errors.New("it ended at once")
	case <-ctx.Done():
		err = fmt.Errorf("wait for it to listen: %w", ctx.Err())
	}
	if err != nil {
		f.close()
		return nil, "", err
	}
	return f, version, nil
}

// begin opens the session over which it is driven, and returns the version.
func (f *firefox) begin(ctx context.Context, at string) (string, error) {
	var err error
	if f.bidi, err = dialBiDi(ctx, at+"/session"); err != nil {
		return "", err
	}
	var session struct {
		Capabilities struct {
			BrowserName, BrowserVersion string
		}
	}
	err = f.bidi.call(ctx, "session.new", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{"acceptInsecureCerts": true}}}, &session)
	return session.Capabilities.BrowserName + " " + session.Capabilities.BrowserVersion, err
}

func (f *firefox) open(ctx context.Context, url string, _ bool) (func(), error) {
	var user struct{ UserContext string }
	if err := f.bidi.call(ctx, "browser.createUserContext", map[string]any{}, &user); err != nil {
		return nil, err
	}
	shut := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
		defer cancel()
		f.bidi.call(ctx, "browser.removeUserContext", user, nil)
	}
	var tab struct{ Context string }
	err := f.bidi.call(ctx, "browsingContext.create", map[string]any{"type": "tab", "userContext": user.UserContext}, &tab)
	if err == nil {
		err = f.bidi.call(ctx, "browsingContext.navigate", map[string]any{"context": tab.Context, "url": url, "wait": "none"}, nil)
	}
	if err != nil {
		shut()
		return nil, err
	}
	return shut, nil
}

func (f *firefox) close() {
	if f.bidi != nil {
		ctx, cancel := context.WithTimeout(context.Background(), endLimit)
		f.bidi.call(ctx, "browser.close", map[string]any{}, nil)
		cancel()
		f.bidi.close()
		select {
		case <-f.gone:
		case <-time.After(endLimit):
		}
	}
	client.Kill(f.cmd) // whatever of it is left
	<-f.gone
}
