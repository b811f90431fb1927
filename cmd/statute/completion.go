package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/lang"
)

// shells lists those that completion is written for.
var shells = []string{"bash", "zsh", "fish"}

func newCompletionCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "completion " + strings.Join(shells, "|"),
		Short: env.in(lang.Text{En: "a script that completes command lines in a shell", ZhTW: "產生 shell 的自動補齊腳本"}),
		Long: env.in(lang.Text{
			En: "Prints a script that makes the shell complete verbs, flags, codes and names of rules.\n\n" +
				"- bash: `source <(statute completion bash)` in ~/.bashrc; needs the package bash-completion.\n" +
				"- zsh: `statute completion zsh > \"${fpath[1]}/_statute\"`, then start a new shell.\n" +
				"- fish: `statute completion fish > ~/.config/fish/completions/statute.fish`",
			ZhTW: "印出一份腳本，讓 shell 能補齊指令、選項、狀態碼和規則名稱。\n\n" +
				"- bash：在 ~/.bashrc 加上 `source <(statute completion bash)`；需要 bash-completion 套件。\n" +
				"- zsh：執行 `statute completion zsh > \"${fpath[1]}/_statute\"`，再開一個新的 shell。\n" +
				"- fish：執行 `statute completion fish > ~/.config/fish/completions/statute.fish`"}),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 && slices.Contains(shells, args[0]) {
				return nil
			}
			names := strings.Join(shells, ", ")
			return misuse(lang.Text{
				En:   fmt.Sprintf("completion takes the name of one shell, not %q", args),
				ZhTW: fmt.Sprintf("completion 需要一個 shell 的名稱，而不是 %q", args),
			}, lang.Text{En: "choose one of " + names, ZhTW: "請從 " + names + " 選一個"})
		},
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return cmd.Root().GenBashCompletionV2(env.stdout, true)
			case "zsh":
				return cmd.Root().GenZshCompletion(env.stdout)
			default:
				return cmd.Root().GenFishCompletion(env.stdout, true)
			}
		},
	}
}
