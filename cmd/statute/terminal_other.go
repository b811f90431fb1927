//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || solaris || windows)

package main

import "os"

// terminalColumns takes no file for a terminal here.
func terminalColumns(*os.File) int { return 0 }
