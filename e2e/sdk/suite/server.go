// Package service: LivekitServer as the server tests of LiveKit know it, but a child process does the work.
//
// It replaces pkg/service/server.go of livekit-server when its tests are compiled; see suite.sh. A test starts a server
// with a configuration, dials it, and stops it. SUITE_SERVER is the program; SUITE_KIND is `plain` (ours) or `livekit`.
package service

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"

	"go.uber.org/atomic"
	"gopkg.in/yaml.v3"

	"github.com/livekit/livekit-server/pkg/config"
	"github.com/livekit/livekit-server/pkg/routing"
	"github.com/livekit/protocol/livekit"
)

// firstPort is that of the tests' first node. Only this node is a server. The second node of a test is another address
// of the same server, because ours has no nodes.
const firstPort = 7880

// endedByItself is what the stage looks for: an excluded test must not fail because no server was there.
const endedByItself = "the server ended by itself"

type LivekitServer struct {
	config   *config.Config
	node     routing.LocalNode
	process  *exec.Cmd
	listener net.Listener
	running  atomic.Bool
	ended    chan struct{}
}

func InitializeServer(conf *config.Config, node routing.LocalNode) (*LivekitServer, error) {
	return &LivekitServer{config: conf, node: node, ended: make(chan struct{})}, nil
}

// Start runs the server and returns when it ends.
func (s *LivekitServer) Start() error {
	if s.config.Port != firstPort {
		return s.forward()
	}
	s.process = exec.Command(os.Getenv("SUITE_SERVER"), arguments(s.config)...)
	s.process.Stdout, s.process.Stderr = os.Stderr, os.Stderr
	if err := s.process.Start(); err != nil {
		return err
	}
	s.running.Store(true) // the tests also wait until the port answers
	defer close(s.ended)
	err := s.process.Wait()
	if !s.running.Swap(false) {
		return nil // stopped
	}
	fmt.Fprintln(os.Stderr, endedByItself, err)
	return fmt.Errorf("%s: %w", endedByItself, err)
}

// Stop returns when the process has ended, because the next test needs its ports.
func (s *LivekitServer) Stop(bool) {
	if !s.running.Swap(false) {
		return
	}
	if s.listener != nil {
		_ = s.listener.Close()
		return
	}
	_ = s.process.Process.Kill()
	<-s.ended
}

func (s *LivekitServer) IsRunning() bool     { return s.running.Load() }
func (s *LivekitServer) HTTPPort() int       { return int(s.config.Port) }
func (s *LivekitServer) Node() *livekit.Node { return s.node.Clone() }

func (s *LivekitServer) forward() (err error) {
	if s.listener, err = net.Listen("tcp", fmt.Sprintf("localhost:%d", s.config.Port)); err != nil {
		return err
	}
	s.running.Store(true)
	for {
		client, err := s.listener.Accept()
		if err != nil {
			return nil // stopped
		}
		server, err := net.Dial("tcp", fmt.Sprintf("localhost:%d", firstPort))
		if err != nil {
			_ = client.Close()
			continue
		}
		go pipe(client, server)
		go pipe(server, client)
	}
}

func pipe(from, to net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
}

// arguments maps the settings that the tests change. A setting that is missing here fails the tests that need it.
func arguments(conf *config.Config) []string {
	if os.Getenv("SUITE_KIND") == "livekit" {
		conf.Redis.Address = "" // one server, as for ours
		text, err := yaml.Marshal(conf)
		if err != nil {
			panic(err)
		}
		// The text omits what is false.
		return []string{"--dev", "--config-body", string(text), fmt.Sprintf("--room.auto_create=%t", conf.Room.AutoCreate)}
	}
	args := []string{fmt.Sprintf("127.0.0.1:%d", conf.Port)}
	for key, secret := range conf.Keys {
		args = append(args, fmt.Sprintf("--key=%s:%s", key, secret))
	}
	for _, url := range conf.WebHook.URLs {
		args = append(args, url)
	}
	if !conf.Room.AutoCreate {
		args = append(args, "--no-auto-create")
	}
	// RTC.DatachannelSlowThreshold has no counterpart: the test that needs it is excluded for that.
	return args
}
