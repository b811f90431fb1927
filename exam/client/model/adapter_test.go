package model_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/model"
	"github.com/statute-http/statute/wire"
)

// asAdapter makes the test binary an adapter: our own client, with the fault
// that it names, or "none".
const asAdapter = "STATUTE_TEST_ADAPTER"

func TestMain(m *testing.M) {
	fault := os.Getenv(asAdapter)
	if fault == "" {
		os.Exit(m.Run())
	}
	if fault == "none" {
		fault = ""
	}
	if err := client.ServeAdapter(context.Background(), os.Stdin, os.Stdout, model.New(fault)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func adapter(t *testing.T, fault string) *client.Adapter {
	t.Helper()
	t.Setenv(asAdapter, fault)
	a, err := client.NewAdapter(t.Context(), os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// What is known of a client in this process is known of the same client behind
// the adapters' protocol: both ends of it lose nothing that a case needs.
func TestAdapter(t *testing.T) {
	a := adapter(t, "none")
	if err := client.SelfTest(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	cases, err := exam.Choice{Topics: []string{"success", "statusline", "auth", "ranges", "conditional", "upgrade", "frames"}}.Of(client.All)
	if err != nil {
		t.Fatal(err)
	}
	plan := exam.Plan{Cases: cases, Over: wire.Protocols, Parallel: 8}
	plan.Subject, plan.Can = a, a.Can()
	there := exam.Run(t.Context(), plan)
	plan.Subject, plan.Can = model.New(""), model.New("").Can()
	for i, here := range exam.Run(t.Context(), plan) {
		if there[i].Outcome != here.Outcome || there[i].Value != here.Value {
			t.Errorf("%s over %s: %s %s behind the protocol (%s), %s %s without", here.Case.Name, here.Over,
				there[i].Outcome, there[i].Value, there[i].Detail.En, here.Outcome, here.Value)
		}
	}
}

// The self-test finds an adapter that tells things wrongly.
func TestSelfTest(t *testing.T) {
	for fault, found := range map[string]string{
		"keeps-content":   "selftest-octets",
		"tells-no-status": "selftest-404",
		"never-fails":     "selftest-refused",
		"empty-handed":    "selftest-sent",
	} {
		err := client.SelfTest(t.Context(), adapter(t, fault))
		if err == nil || !strings.Contains(err.Error(), found) {
			t.Errorf("with the fault %q the self-test says: %v; want %s", fault, err, found)
		}
	}
}
