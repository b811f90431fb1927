package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/lang"
)

// A version is what this program was built from. As JSON its shape is a
// promise: members may be added, none renamed or removed.
type version struct {
	Version  string `json:"version"`            // "v1.2.0", "(devel)" if built from a checkout without tags
	Revision string `json:"revision,omitempty"` // of the checkout
	Time     string `json:"time,omitempty"`     // of the revision, RFC 3339
	Modified bool   `json:"modified"`           // the checkout had changes that were not committed
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

// buildInfo returns what the linker wrote into the program, nothing if it was
// built without modules.
func buildInfo() *debug.BuildInfo {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return &debug.BuildInfo{}
	}
	return info
}

func versionOf(info *debug.BuildInfo) version {
	v := version{Version: info.Main.Version, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	if v.Version == "" {
		v.Version = "(devel)"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

// line returns the version as programs print it, without words of a language.
func (v version) line() string { return "statute " + v.Version }

func newVersionCommand(env *environment) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: env.in(lang.Text{En: "which version this is, and what it was built from", ZhTW: "這是哪一版，又是由什麼建置的"}),
		Long: env.in(lang.Text{
			En:   "Prints the version, the revision of the source and the Go release that built it. With `--json` it is one object with the members `version`, `revision`, `time` (of the revision), `modified` (the source had changes that were not committed), `go`, `os` and `arch`; `revision` and `time` are absent if the build did not record them.",
			ZhTW: "印出版本、原始碼的修訂版，以及建置所用的 Go 版本。加上 `--json` 則是一個物件，成員有 `version`、`revision`、`time`（修訂版的時間）、`modified`（原始碼有尚未提交的修改）、`go`、`os` 和 `arch`；建置時沒有記下的話，就沒有 `revision` 和 `time`。"}),
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			v := versionOf(buildInfo())
			if asJSON {
				json.NewEncoder(env.stdout).Encode(v)
				return nil
			}
			fmt.Fprint(env.stdout, env.versionText(v))
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, env.in(lang.Text{En: "print a JSON object", ZhTW: "印成一個 JSON 物件"}))
	return cmd
}

func (env *environment) versionText(v version) string {
	rows := [][2]string{}
	if v.Revision != "" {
		revision := strings.TrimSpace(v.Revision + " " + v.Time)
		if v.Modified {
			revision += env.in(lang.Text{En: ", with uncommitted changes", ZhTW: "，另有尚未提交的修改"})
		}
		rows = append(rows, [2]string{env.in(lang.Text{En: "revision", ZhTW: "修訂版"}), revision})
	}
	rows = append(rows, [2]string{env.in(lang.Text{En: "built with", ZhTW: "建置"}), fmt.Sprintf("%s %s/%s", v.Go, v.OS, v.Arch)})
	var b strings.Builder
	b.WriteString(v.line() + "\n")
	env.terminal().table(&b, "", rows)
	return b.String()
}
