package main

import (
	"os"
	"syscall"
)

// peakMemory returns how many octets a process held at most.
func peakMemory(p *os.ProcessState) int64 {
	return p.SysUsage().(*syscall.Rusage).Maxrss << 10
}
