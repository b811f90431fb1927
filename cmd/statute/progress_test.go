package main

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/statute-http/statute/lang"
)

// The line appears once work has taken a second, stands below what is printed,
// and is gone at the end. Elsewhere than on a terminal there is none.
func TestProgress(t *testing.T) {
	says := lang.Text{En: "%d of %d plays", ZhTW: "已演出 %d／%d"}
	for _, tt := range []struct {
		name     string
		terminal bool
		step     time.Duration
		want     string
	}{
		{"quick work", true, progressAfter / 4, "a\nb\nc\n"},
		{"no terminal", false, progressAfter, "a\nb\nc\n"},
		{"slow work", true, progressAfter * 2 / 3,
			"a\n1 of 3 plays" + "\r            \rb\n2 of 3 plays" + "\r            \rc\n3 of 3 plays" + "\r            \r"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out strings.Builder
				env := &environment{stderr: &out, lang: lang.En, stderrIsTerminal: tt.terminal}
				p := env.newProgress(3, says)
				for _, line := range []string{"a\n", "b\n", "c\n"} {
					time.Sleep(tt.step)
					synctest.Wait()
					p.step(func() { out.WriteString(line) })
				}
				p.end()
				time.Sleep(10 * progressAfter)
				synctest.Wait()
				if out.String() != tt.want {
					t.Errorf("got  %q\nwant %q", out.String(), tt.want)
				}
			})
		})
	}
}

// Ideographs take two columns, all of which have to be cleared.
func TestProgressIsClearedInChinese(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		env := &environment{stderr: &out, lang: lang.ZhTW, stderrIsTerminal: true}
		p := env.newProgress(30, lang.Text{En: "%d of %d plays", ZhTW: "已演出 %d／%d"})
		time.Sleep(progressAfter)
		synctest.Wait()
		p.end()
		if want := "已演出 0／30\r" + strings.Repeat(" ", 12) + "\r"; out.String() != want {
			t.Errorf("got  %q\nwant %q", out.String(), want)
		}
	})
}

// What was cut short by an interrupt is no finding about the server.
func TestInterruptedPlay(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs strings.Builder
	got := run(ctx, []string{"play", "--all", "--json"}, strings.NewReader(""), &out, &errs, func(string) string { return "" })
	if got != exitCannot || out.Len() > 0 || !strings.Contains(errs.String(), "play: it was interrupted") {
		t.Errorf("exit code %d, output %q, errors %q", got, &out, &errs)
	}
}

// Work that says how far it is moves the line, and what is shown aside stands
// above it.
func TestProgressReaches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		env := &environment{stderr: &out, lang: lang.En, stderrIsTerminal: true}
		p := env.newProgress(0, lang.Text{En: "%d of %d MB"})
		p.reach(1, 9)
		time.Sleep(2 * progressAfter)
		synctest.Wait()
		p.reach(2, 9)
		p.reach(2, 9)
		p.aside(func() { out.WriteString("a\n") })
		p.end()
		const want = "1 of 9 MB\r         \r2 of 9 MB\r         \ra\n2 of 9 MB\r         \r"
		if out.String() != want {
			t.Errorf("got %q, want %q", &out, want)
		}
	})
}
