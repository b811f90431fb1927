package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/subjects"
	"github.com/statute-http/statute/needs"
)

// A lent subject says where it is, answers there, and is gone with its borrower.
func TestLend(t *testing.T) {
	s, err := subjects.Lookup(exam.Server, "python-http-server")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Missing(); err != nil {
		needs.Missing(t, "%v", err)
	}
	borrower, in := io.Pipe()
	out, told := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- lend(t.Context(), s, "", borrower, told)
		told.Close()
	}()
	var words map[string]string
	if err := json.NewDecoder(out).Decode(&words); err != nil {
		t.Fatalf("what it says of itself: %v", err)
	}
	if words["name"] != "python-http-server" || words["version"] == "" || words["redirect"] != "/dir" {
		t.Errorf("it says %v", words)
	}
	answer, err := http.Get(words["url"])
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the declared file: %s", answer.Status)
	}
	in.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if answer, err := http.Get(words["url"]); err == nil {
		answer.Body.Close()
		t.Error("it still answers after its borrower has gone")
	}
}

// A lent proxy stands before its borrower's origin.
func TestLendProxy(t *testing.T) {
	s, err := subjects.Lookup(exam.Proxy, "go-reverseproxy")
	if err != nil {
		t.Fatal(err)
	}
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "two spoons") }))
	defer origin.Close()
	borrower, in := io.Pipe()
	out, told := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- lend(t.Context(), s, origin.Listener.Addr().String(), borrower, told)
		told.Close()
	}()
	var words map[string]string
	if err := json.NewDecoder(out).Decode(&words); err != nil {
		t.Fatalf("what it says of itself: %v; %v", err, <-ended)
	}
	answer, err := http.Get("http://" + words["address"] + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if content, err := io.ReadAll(answer.Body); err != nil || string(content) != "two spoons" {
		t.Errorf("through it came %q, %v", content, err)
	}
	if words["mode"] != "reverse" {
		t.Errorf("it says %v", words)
	}
	in.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
