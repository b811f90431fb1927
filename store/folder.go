package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// A folder is the data folder of an embedded store:
//
//	statute-store   says that the folder is ours, in which format, and whether the streams were made
//	lock            locked as long as a process uses the folder
//	clean           what the streams held when they were last closed in good order; missing after a crash
//	jetstream/      what NATS keeps
type folder struct {
	dir  string
	log  *slog.Logger
	lock *os.File
	made bool             // the streams were made once
	left map[string]state // from clean; nil after a crash
}

// A state is enough of a stream's to see that nothing went missing.
type state struct {
	Messages uint64 `json:"messages"`
	Last     uint64 `json:"last"`
}

const (
	markName  = "statute-store"
	cleanName = "clean"
	format    = "statute store, format 1\n"
	ready     = "streams made\n"
)

// claim locks the folder and makes sure that it is ours or empty.
func claim(dir string, log *slog.Logger) (*folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	f := &folder{dir: dir, log: log}
	mark, err := os.ReadFile(f.path(markName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := f.empty(); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, fmt.Errorf("read what the data folder is: %w", err)
	case string(mark) == format+ready:
		f.made = true
	case string(mark) == format:
	case strings.HasPrefix(string(mark), "statute store, format "):
		return nil, fmt.Errorf("%s was made by a newer Statute; use that one or another folder: %w", dir, ErrForeign)
	default:
		return nil, f.damaged("its file " + markName + " is not readable")
	}
	if f.lock, err = lock(f.path("lock")); err != nil {
		return nil, fmt.Errorf("%s: %w: end that process or choose another folder", dir, err)
	}
	if mark == nil {
		err = f.write(markName, format)
	}
	if err == nil && f.made {
		err = f.check()
	}
	if err != nil {
		f.release()
		return nil, err
	}
	return f, nil
}

// empty is nil if nothing is in the folder but what claim itself leaves there.
func (f *folder) empty() error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return fmt.Errorf("read the data folder: %w", err)
	}
	for _, e := range entries {
		if e.Name() != "lock" && e.Name() != markName+".new" {
			return fmt.Errorf("%s has no file %s but a file %s: %w: choose an empty folder", f.dir, markName, e.Name(), ErrForeign)
		}
	}
	return nil
}

// check reads the blocks before NATS does; see the package comment.
func (f *folder) check() error {
	clean, err := os.ReadFile(f.path(cleanName))
	if err == nil {
		if json.Unmarshal(clean, &f.left) != nil {
			f.left = nil // cut off while it was written: the same as a crash
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read how the data folder was left: %w", err)
	}
	for _, st := range streams {
		dir := f.stream(st)
		for _, name := range []string{"meta.inf", "meta.sum"} {
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
				return f.damaged(filepath.Join(dir, name) + " is missing or empty")
			}
		}
		if f.left != nil && st.name != documents.name {
			continue
		}
		cut, err := scan(dir, st.name)
		if err != nil {
			return f.damaged(err.Error())
		}
		if cut > 0 {
			f.log.Warn("the last write before the crash was cut off; it was never acknowledged", "stream", st.name, "octets", cut)
		}
	}
	return nil
}

// compare makes sure that the streams hold what they held when last closed.
func (f *folder) compare(name string, now state) error {
	then, ok := f.left[name]
	if ok && (now.Last < then.Last || now.Last == then.Last && now.Messages < then.Messages) {
		return f.damaged(fmt.Sprintf("%s ended with message %d and now ends with %d, had %d and now has %d",
			name, then.Last, now.Last, then.Messages, now.Messages))
	}
	return nil
}

func (f *folder) damaged(what string) error {
	return fmt.Errorf("%s: %w: %s. Put back a copy of the folder, or move it away to begin anew", f.dir, ErrDamaged, what)
}

// opened remembers that the streams are there and in use.
func (f *folder) opened() error {
	f.left = nil
	if !f.made {
		if err := f.write(markName, format+ready); err != nil {
			return err
		}
		f.made = true
	}
	if err := os.Remove(f.path(cleanName)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return fmt.Errorf("mark the data folder as in use: %w", err)
	}
	return syncDir(f.dir)
}

// closed remembers what the streams hold.
func (f *folder) closed(held map[string]state) error {
	text, err := json.Marshal(held)
	if err != nil {
		return err
	}
	return f.write(cleanName, string(text))
}

func (f *folder) release() {
	if f.lock != nil {
		f.lock.Close()
	}
}

// stream is where NATS keeps a stream.
func (f *folder) stream(st stream) string { return f.path("jetstream", "$G", "streams", st.name) }

func (f *folder) path(names ...string) string {
	return filepath.Join(append([]string{f.dir}, names...)...)
}

// write replaces a file as a whole, also when the power fails.
func (f *folder) write(name, text string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", f.path(name), full(err))
		}
	}()
	file, err := os.OpenFile(f.path(name+".new"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.path(name+".new"), f.path(name)); err != nil {
		return err
	}
	return syncDir(f.dir)
}
