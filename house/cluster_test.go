package house_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A node is one nats-server of a cluster, as a process.
type node struct {
	name, url string
	cmd       *exec.Cmd
}

// startCluster runs three nats-servers, of the module that we embed, as a
// cluster with JetStream.
func startCluster(t *testing.T) []*node {
	t.Helper()
	program := filepath.Join(t.TempDir(), "nats-server")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/nats-io/nats-server/v2").CombinedOutput(); err != nil {
		t.Fatalf("build nats-server: %v\n%s", err, out)
	}
	clients, routes := freeAddresses(t, 3), freeAddresses(t, 3)
	var nodes []*node
	for i := range 3 {
		dir := t.TempDir()
		config := fmt.Sprintf(`
server_name: node-%d
listen: %q
jetstream { store_dir: %q, sync_interval: always }
cluster { name: storm, listen: %q, routes: [%s] }
`, i, clients[i], dir, routes[i], "nats://"+strings.Join(routes, ", nats://"))
		path := filepath.Join(dir, "nats.conf")
		if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		n := &node{name: fmt.Sprintf("node-%d", i), url: "nats://" + clients[i], cmd: exec.Command(program, "-c", path)}
		if err := n.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			n.cmd.Process.Kill()
			n.cmd.Wait()
		})
		nodes = append(nodes, n)
	}
	return nodes
}

// freeAddresses returns loopback addresses that nobody listens on now.
func freeAddresses(t *testing.T, n int) []string {
	t.Helper()
	var addresses []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		addresses = append(addresses, l.Addr().String())
	}
	return addresses
}

// The same storm over a cluster of three, whose leader is killed in the middle:
// the server goes on, and nothing that was acknowledged is lost.
func TestStormOverCluster(t *testing.T) {
	if testing.Short() {
		t.Skip("a cluster takes half a minute to choose its leaders, twice")
	}
	nodes := startCluster(t)
	var urls []string
	for _, n := range nodes {
		urls = append(urls, n.url)
	}
	store := strings.Join(urls, ",")
	awaitCluster(t, store)
	program := filepath.Join(t.TempDir(), "statute")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/statute").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	at, kill := startProgram(t, program, t.TempDir(), "--store", store)
	defer kill()
	resources := make([]*kept, 6)
	over := make(chan struct{})
	var storm sync.WaitGroup
	for i := range resources {
		r := &kept{path: fmt.Sprintf("/lab/depot/cluster-%d", i), may: []string{gone}}
		resources[i] = r
		storm.Go(func() {
			weather := rand.New(rand.NewPCG(uint64(i), 1))
			for {
				select {
				case <-over:
					return
				default:
				}
				if !r.change(at, weather) {
					r.settle(t, at, over)
				}
			}
		})
	}
	time.Sleep(2 * time.Second)
	victim := leader(t, store)
	for _, n := range nodes {
		if n.name == victim {
			n.cmd.Process.Kill()
		}
	}
	time.Sleep(14 * time.Second) // the election takes 4 to 9
	close(over)
	storm.Wait()
	acknowledged := 0
	for _, r := range resources {
		r.settle(t, at, nil)
		acknowledged += r.count
	}
	t.Logf("%d changes acknowledged; %s was killed in between", acknowledged, victim)
	if acknowledged < 100 {
		t.Errorf("only %d changes were acknowledged", acknowledged)
	}
}

// settle looks what became of a change that was not acknowledged, as soon as
// the server can say.
func (k *kept) settle(t *testing.T, at string, over <-chan struct{}) {
	for range 200 {
		if k.look(t, at) {
			return
		}
		select {
		case <-over:
			over = nil // look on: what is not known yet has to be, before the end
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Errorf("%s: the server could not say for 20 s", k.path)
}

func awaitCluster(t *testing.T, store string) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		nc, err := nats.Connect(store)
		if err == nil {
			js, _ := jetstream.New(nc)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err = js.AccountInfo(ctx)
			cancel()
			nc.Close()
		}
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the cluster is not ready: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// leader returns the node that leads the stream of documents.
func leader(t *testing.T, store string) string {
	t.Helper()
	nc, err := nats.Connect(store)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	streams := js.ListStreams(t.Context())
	for s := range streams.Info() {
		if s.Cluster != nil && s.Cluster.Leader != "" && s.State.Msgs > 0 {
			return s.Cluster.Leader
		}
	}
	t.Fatalf("no stream has a leader: %v", streams.Err())
	return ""
}
