package store_test

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// A cluster is NATS servers in processes of their own, so that they can be killed.
type cluster struct {
	nodes []*node
}

type node struct {
	name    string
	client  string // address for clients
	config  string // for runNode
	process *exec.Cmd
}

func (c *cluster) url() string {
	var urls []string
	for _, n := range c.nodes {
		urls = append(urls, "nats://"+n.client)
	}
	return strings.Join(urls, ",")
}

const asNode = "STATUTE_STORE_TEST_NODE" // name, folder, client port, cluster port, routes

// startCluster starts n servers and waits until they have a leader.
func startCluster(t *testing.T, n int) *cluster {
	t.Helper()
	ports := freePorts(t, 2*n)
	var routes []string
	for i := range n {
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", ports[n+i]))
	}
	dir, c := t.TempDir(), &cluster{}
	for i := range n {
		nd := &node{name: fmt.Sprintf("n%d", i), client: fmt.Sprintf("127.0.0.1:%d", ports[i])}
		nd.config = fmt.Sprintf("%s %s/%s %d %d %s", nd.name, dir, nd.name, ports[i], ports[n+i], strings.Join(routes, ","))
		nd.start(t)
		c.nodes = append(c.nodes, nd)
	}
	return c
}

// start starts the server, for the first time or after it was killed.
func (n *node) start(t *testing.T) {
	t.Helper()
	process := exec.Command(os.Args[0], "-test.run=^TestMain$")
	process.Env = append(os.Environ(), asNode+"="+n.config)
	process.Stderr = os.Stderr
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		process.Process.Kill()
		process.Wait()
	})
	n.process = process
}

// kill kills the server of that name.
func (c *cluster) kill(t *testing.T, name string) {
	t.Helper()
	for _, n := range c.nodes {
		if n.name == name {
			if err := n.process.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			n.process.Wait()
			return
		}
	}
	t.Fatalf("no server is called %q", name)
}

// leader is the name of the server that leads a stream.
func (c *cluster) leader(t *testing.T, stream string) string {
	t.Helper()
	nc, err := nats.Connect(c.url())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := nc.JetStream()
	if err != nil {
		t.Fatal(err)
	}
	info, err := js.StreamInfo(stream)
	if err != nil {
		t.Fatal(err)
	}
	return info.Cluster.Leader
}

func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// runNode is what a child process does that startCluster started.
func runNode(config string) error {
	var name, dir, routes string
	var client, route int
	if _, err := fmt.Sscan(config, &name, &dir, &client, &route, &routes); err != nil {
		return err
	}
	o := &server.Options{
		ServerName: name, Host: "127.0.0.1", Port: client, NoLog: true, NoSigs: true, JetStream: true, StoreDir: dir,
		JetStreamMaxStore: 1 << 40, JetStreamMaxMemory: 64 << 20, DisableJetStreamBanner: true,
		Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: route},
	}
	for _, r := range strings.Split(routes, ",") {
		u, err := url.Parse(r)
		if err != nil {
			return err
		}
		o.Routes = append(o.Routes, u)
	}
	ns, err := server.NewServer(o)
	if err != nil {
		return err
	}
	go ns.Start()
	parent := os.Getppid()
	for os.Getppid() == parent { // so that no server outlives a test that was killed
		time.Sleep(200 * time.Millisecond)
	}
	return nil
}

func TestMain(m *testing.M) {
	if config := os.Getenv(asNode); config != "" {
		if err := runNode(config); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if config := os.Getenv(asStorm); config != "" {
		if err := runStorm(config); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}
