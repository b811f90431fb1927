package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/lang"
)

// sources returns the inputs in the order in which they were named, and what
// closes those that are live.
func (f *lintFlags) sources(ctx context.Context, env *environment, args []string, out *reportOutput) ([]source, func() error, error) {
	if f.proxy != "" || len(f.reverse) > 0 {
		return f.liveSource(ctx, env)
	}
	asked, closeAsker, err := f.asker(env, args)
	if err != nil {
		return nil, nil, err
	}
	var sources []source
	if f.response != "" {
		sources = append(sources, f.rawSource(out))
	}
	for _, arg := range args {
		switch {
		case arg == "-":
			sources = append(sources, source{name: "stdin", entries: func(ctx context.Context) iter.Seq2[*capture.Entry, error] {
				return capture.Read(ctx, out.counted(env.stdin), capture.Options{})
			}})
		case isURL(arg):
			sources = append(sources, asked(arg))
		default:
			sources = append(sources, fileSource(arg, out))
		}
	}
	return sources, closeAsker, nil
}

// isURL reports whether an argument is an address to ask rather than a file.
func isURL(arg string) bool {
	return strings.HasPrefix(arg, "http://") || strings.HasPrefix(arg, "https://")
}

// fileSource reads a recording.
func fileSource(name string, out *reportOutput) source {
	out.expect(name)
	return source{name: name, entries: func(ctx context.Context) iter.Seq2[*capture.Entry, error] {
		return func(yield func(*capture.Entry, error) bool) {
			file, err := openRecording(name)
			if err != nil {
				yield(nil, err)
				return
			}
			defer file.Close()
			capture.Read(ctx, out.counted(file), capture.Options{})(yield)
		}
	}}
}

// openRecording opens a file and says in both languages why it cannot.
func openRecording(name string) (*os.File, error) {
	file, err := os.Open(name)
	if err == nil {
		var info fs.FileInfo
		if info, err = file.Stat(); err == nil && info.IsDir() {
			err = errFolder
		}
		if err != nil {
			file.Close()
		}
	}
	if err == nil {
		return file, nil
	}
	why := lang.Text{En: "cannot be opened: " + err.Error(), ZhTW: "無法開啟：" + err.Error()}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		why = lang.Text{En: "there is no such file", ZhTW: "沒有這個檔案"}
	case errors.Is(err, fs.ErrPermission):
		why = lang.Text{En: "it may not be read by you: change its permissions", ZhTW: "您沒有讀取權限：請更改檔案權限"}
	case errors.Is(err, errFolder):
		why = lang.Text{En: fmt.Sprintf("it is a folder: name the files in it, such as %s/*.har", visibleName(name)),
			ZhTW: fmt.Sprintf("這是資料夾：請指定裡面的檔案，例如 %s/*.har", visibleName(name))}
	}
	return nil, &failure{exit: exitCannot, why: why, cause: err}
}

var errFolder = errors.New("is a folder")

// counted counts what is read, for the line about the progress.
func (o *reportOutput) counted(r io.Reader) io.Reader { return &countedReader{r, o} }

type countedReader struct {
	r io.Reader
	o *reportOutput
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.o.read.Add(int64(n))
	return n, err
}

// expect counts the size of a file that will be read.
func (o *reportOutput) expect(name string) {
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		o.size.Add(info.Size())
	}
}

// rawSource reads the requests and the answers of one connection from two files.
func (f *lintFlags) rawSource(out *reportOutput) source {
	out.expect(f.request)
	out.expect(f.response)
	return source{name: f.response, entries: func(ctx context.Context) iter.Seq2[*capture.Entry, error] {
		return func(yield func(*capture.Entry, error) bool) {
			answers, err := openRecording(f.response)
			if err != nil {
				yield(nil, err)
				return
			}
			defer answers.Close()
			if f.request == "" {
				capture.Read(ctx, out.counted(answers), capture.Options{})(yield)
				return
			}
			requests, err := openRecording(f.request)
			if err != nil {
				var why *failure
				if errors.As(err, &why) {
					name := visibleName(f.request) + ": "
					why.why = lang.Text{En: name + why.why.En, ZhTW: name + why.why.ZhTW}
				}
				yield(nil, err)
				return
			}
			defer requests.Close()
			capture.Streams(ctx, out.counted(requests), out.counted(answers), capture.Options{})(yield)
		}
	}}
}
