// Starts the media server for the tests of this package, and receives its webhooks.
package sdk

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/logger"
	"github.com/livekit/protocol/webhook"
	lksdk "github.com/livekit/server-sdk-go/v2"
)

const (
	key    = "devkey"
	secret = "secret"
)

// Host and port of the server.
var server string

func TestMain(m *testing.M) {
	lksdk.SetLogger(logger.GetDiscardLogger())
	os.Exit(withServer(m.Run))
}

func withServer(run func() int) int {
	program := os.Getenv("ANTEROOM_PLAIN")
	if program == "" {
		fmt.Println("ANTEROOM_PLAIN is not set: cargo xtask test sdk builds the program and sets it")
		return 1
	}
	receiver := httptest.NewServer(http.HandlerFunc(webhooks.receive))
	defer receiver.Close()
	server = freePair()
	child := exec.Command(program, server, receiver.URL)
	stderr, err := child.StderrPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		fmt.Println("the server cannot be started:", err)
		return 1
	}
	defer child.Process.Kill()
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "listening; API key") {
			go func() {
				for lines.Scan() {
				}
			}()
			return run()
		}
		fmt.Println(lines.Text())
	}
	fmt.Println("the server ended before it was ready")
	return 1
}

// freePair finds two consecutive free ports, for signalling and media. Returns the address of the first.
func freePair() string {
	for {
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		port := first.Addr().(*net.TCPAddr).Port
		second, err := net.Listen("tcp", fmt.Sprintf("0.0.0.0:%d", port+1))
		first.Close()
		if err == nil {
			second.Close()
			return fmt.Sprintf("127.0.0.1:%d", port)
		}
	}
}

// webhookLog holds the server's webhooks, each verified by LiveKit's own receiver.
type webhookLog struct {
	lock    sync.Mutex
	events  []*livekit.WebhookEvent
	invalid []error
}

var webhooks webhookLog

func (w *webhookLog) receive(response http.ResponseWriter, request *http.Request) {
	event, err := webhook.ReceiveWebhookEvent(request, auth.NewSimpleKeyProvider(key, secret))
	w.lock.Lock()
	defer w.lock.Unlock()
	if err != nil {
		w.invalid = append(w.invalid, err)
		response.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.events = append(w.events, event)
}

// of returns the webhooks about a room so far: the event and its participant. Also all that were not valid.
func (w *webhookLog) of(room string) (events []string, invalid []error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	for _, event := range w.events {
		if event.GetRoom().GetName() == room {
			events = append(events, strings.TrimSpace(event.Event+" "+event.GetParticipant().GetIdentity()))
		}
	}
	return events, w.invalid
}

// eventually polls until this holds; it fails after 20 s.
func eventually(t *testing.T, expected string, holds func() bool) {
	t.Helper()
	for limit := time.Now().Add(20 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("not within 20 s: %s", expected)
		}
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
