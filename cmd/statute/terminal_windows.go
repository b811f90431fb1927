package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// terminalColumns returns the width of the console that f is, 0 if it is none
// or knows no control sequences.
func terminalColumns(f *os.File) int {
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil ||
		windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) != nil {
		return 0
	}
	var info windows.ConsoleScreenBufferInfo
	if windows.GetConsoleScreenBufferInfo(console, &info) != nil {
		return usualWidth
	}
	return int(info.Window.Right-info.Window.Left) + 1
}
