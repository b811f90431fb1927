//go:build !(darwin || dragonfly || freebsd || linux)

package store

import (
	"errors"
	"fmt"
	"math"
	"os"
	"syscall"
)

// free is not known here: a full disk then shows when a write fails.
func free(string) (int64, error) { return math.MaxInt64, nil }

// lock keeps the file open and, where the system has no advisory locks, relies
// on being unable to remove a file that another process has open (Windows).
func lock(name string) (*os.File, error) {
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, ErrInUse
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, ErrInUse
	}
	return f, err
}

// syncDir does nothing: folders cannot be synced here.
func syncDir(string) error { return nil }

// full is err, and an ErrFull if the disk is full.
func full(err error) error {
	if errors.Is(err, ErrFull) {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
