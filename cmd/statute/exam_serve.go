package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/lang"
)

// telling is how long a client may take to hear that its exam is over.
const telling = 15 * time.Second

// serveLoop examines the first client that greets, and drives itself from there.
func (f *clientFlags) serveLoop(ctx context.Context, env *environment, cases []exam.Case) error {
	ln, err := net.Listen("tcp", f.serve)
	if err != nil {
		return cannot(lang.Text{En: "listen at " + f.serve, ZhTW: "監聽 " + f.serve}, err, lang.Text{})
	}
	type guest struct {
		ctx    context.Context
		driven *client.Driven
	}
	greeted, over := make(chan guest), make(chan struct{})
	loop := client.NewLoop(ctx, func(ctx context.Context, d *client.Driven) *exam.Sheet {
		select {
		case greeted <- guest{ctx, d}:
			<-over
		case <-ctx.Done():
		}
		return nil
	})
	loop.Most = 1
	server := &http.Server{Handler: loop, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute}
	go server.Serve(ln)
	defer server.Close()
	base := "http://" + ln.Addr().String()
	fmt.Fprintln(env.stderr, env.in(lang.Text{
		En:   "waiting for a client to greet: POST " + base + "/exam/hello",
		ZhTW: "等待用戶端打招呼：POST " + base + "/exam/hello"}))
	var g guest
	select {
	case g = <-greeted:
	case <-ctx.Done():
		return cannot(lang.Text{En: "examine a client", ZhTW: "考用戶端"}, errors.New("none has greeted"), lang.Text{})
	}
	plan := client.Plan(g.driven, cases)
	plan.Parallel = 1 // so the client asks for its orders
	err = f.examine(g.ctx, env, plan, exam.Client, g.driven.About())
	if g.ctx.Err() != nil && ctx.Err() == nil {
		err = cannot(lang.Text{En: "examine " + g.driven.About().Name, ZhTW: "考 " + g.driven.About().Name},
			errors.New("it was not heard of any more"), lang.Text{En: "it has to ask for its next order at least once a minute", ZhTW: "它每分鐘至少要來領一次題目"})
	}
	close(over)
	select {
	case <-g.driven.Told():
	case <-ctx.Done():
	case <-time.After(telling):
	}
	quiet, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	server.Shutdown(quiet)
	return err
}
