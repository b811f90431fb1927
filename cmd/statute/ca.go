package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/lang"
)

// dataFlag is the text of --data, the same in every verb that keeps state.
var dataFlag = lang.Text{
	En:   "keep state in `DIR`; without it in $XDG_STATE_HOME/statute or ~/.local/state/statute",
	ZhTW: "狀態存放在目錄 `DIR`；沒有指定時，是 $XDG_STATE_HOME/statute 或 ~/.local/state/statute",
}

// stateDir returns the folder in which the user's state is kept, where --data
// names no other. A relative XDG_STATE_HOME counts for nothing (XDG Base
// Directory Specification).
func stateDir(getenv func(string) string) (string, error) {
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "statute"), nil
	}
	for _, name := range []string{"HOME", "USERPROFILE"} {
		if home := getenv(name); filepath.IsAbs(home) {
			return filepath.Join(home, ".local", "state", "statute"), nil
		}
	}
	return "", cannot(lang.Text{En: "find the data directory", ZhTW: "尋找資料目錄"},
		errors.New("neither XDG_STATE_HOME nor HOME says where"),
		lang.Text{En: "name one with --data DIR", ZhTW: "請用 --data DIR 指定"})
}

// openAuthority returns the local authority that a data directory holds,
// making it if it is not there, and the path of its certificate.
func (env *environment) openAuthority(data string) (*cert.Authority, string, error) {
	var err error
	if data == "" {
		data, err = stateDir(env.getenv)
	} else {
		data, err = filepath.Abs(data)
	}
	if err != nil {
		return nil, "", err
	}
	authority, err := cert.Open(data)
	if err != nil {
		return nil, "", cannot(lang.Text{En: "get the local certificate authority", ZhTW: "取得本機的憑證機構"}, err, lang.Text{
			En:   "mend what the message names, or choose another place with --data DIR",
			ZhTW: "請處理訊息所指的問題，或用 --data DIR 換一個地方"})
	}
	return authority, filepath.Join(data, "ca.pem"), nil
}

func newCACommand(env *environment) *cobra.Command {
	var (
		data             string
		pem, path, hints bool
	)
	cmd := &cobra.Command{
		Use:   "ca",
		Short: env.in(lang.Text{En: "the local certificate authority, made when it is first asked for", ZhTW: "本機的憑證機構，第一次用到時建立"}),
		Long: env.in(lang.Text{
			En: "Shows the certificate authority that vouches for the names of this machine, so that clients can speak HTTPS with `statute serve`. It is made when it is first asked for and trusted nowhere until you install it.\n\n" +
				"Whoever holds `ca-key.pem`, which lies beside the certificate, can vouch for any name to those who trust it. Give away `ca.pem` only.",
			ZhTW: "顯示為本機名稱作保的憑證機構；有了它，用戶端才能以 HTTPS 連到 `statute serve`。第一次用到時建立，在您安裝之前不受任何程式信任。\n\n" +
				"憑證旁邊有 `ca-key.pem`，誰拿到它，就能對信任這張憑證的人為任何名稱作保。請只給出 `ca.pem`。"}),
		Example: "statute ca\ncurl --cacert \"$(statute ca --path)\" https://localhost:8080/\nstatute ca --install-hints",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if pem && path || pem && hints || path && hints {
				return misuse(lang.Text{
					En:   "--pem, --path and --install-hints cannot be asked for together",
					ZhTW: "--pem、--path 和 --install-hints 不能同時使用",
				}, lang.Text{En: "choose one of them", ZhTW: "請選一個"})
			}
			authority, file, err := env.openAuthority(data)
			if err != nil {
				return err
			}
			switch {
			case pem:
				env.stdout.Write(authority.PEM())
			case path:
				fmt.Fprintln(env.stdout, file)
			case hints:
				io.WriteString(env.stdout, env.trustHints(authority, file))
			default:
				io.WriteString(env.stdout, env.authorityText(authority, file))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&data, "data", "", env.in(dataFlag))
	cmd.MarkFlagDirname("data")
	cmd.Flags().BoolVar(&pem, "pem", false, env.in(lang.Text{En: "print the certificate", ZhTW: "印出憑證"}))
	cmd.Flags().BoolVar(&path, "path", false, env.in(lang.Text{En: "print where the certificate is", ZhTW: "印出憑證檔的位置"}))
	cmd.Flags().BoolVar(&hints, "install-hints", false, env.in(lang.Text{
		En: "say how to make systems and programs trust it, and how to undo that", ZhTW: "說明如何讓系統和程式信任它，以及如何撤銷"}))
	return cmd
}

func (env *environment) authorityText(a *cert.Authority, file string) string {
	root := a.Root()
	t := env.terminal()
	var b strings.Builder
	b.WriteString(t.paint(strongStyle, root.Subject.CommonName) + "\n\n")
	t.table(&b, "", [][2]string{
		{env.in(lang.Text{En: "certificate", ZhTW: "憑證"}), file},
		{"SHA-256", fingerprint(root.Raw)},
		{env.in(lang.Text{En: "valid until", ZhTW: "有效至"}), root.NotAfter.UTC().Format(time.DateOnly)},
	})
	b.WriteByte('\n')
	t.wrap(&b, "", "", span{env.in(lang.Text{
		En:   "statute ca --install-hints says how to make it trusted.",
		ZhTW: "statute ca --install-hints 說明如何讓它受到信任。"}), plainStyle})
	return b.String()
}

// fingerprint returns the SHA-256 of a certificate as certificate viewers show
// it: octets in hexadecimal.
func fingerprint(der []byte) string {
	var octets []string
	for _, o := range sha256.Sum256(der) {
		octets = append(octets, fmt.Sprintf("%02X", o))
	}
	return strings.Join(octets, ":")
}
