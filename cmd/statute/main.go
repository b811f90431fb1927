// Command statute is HTTP status codes made real, tested and explained.
//
// Each verb has a file that is called after it. main joins the process to
// [run], which is a function of arguments, streams and environment and returns
// the exit code, so that tests can call it as the shell does.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}
