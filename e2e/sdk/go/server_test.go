// The media server alone, for as long as the tests need it, and somebody whom it tells what happens.
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

// Where the server listens: host and port.
var server string

func TestMain(m *testing.M) {
	lksdk.SetLogger(logger.GetDiscardLogger())
	os.Exit(withServer(m.Run))
}

func withServer(run func() int) int {
	program := os.Getenv("ANTEROOM_PLAIN")
	if program == "" {
		fmt.Println("ANTEROOM_PLAIN names no program: cargo xtask test sdk builds it and names it")
		return 1
	}
	told := httptest.NewServer(http.HandlerFunc(news.receive))
	defer told.Close()
	server = freePair()
	child := exec.Command(program, server, told.URL)
	stderr, err := child.StderrPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		fmt.Println("the server does not start:", err)
		return 1
	}
	defer child.Process.Kill()
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "open, with devkey") {
			go func() {
				for lines.Scan() {
				}
			}()
			return run()
		}
		fmt.Println(lines.Text())
	}
	fmt.Println("the server ended before it was open")
	return 1
}

// freePair finds two ports in a row: signalling, media.
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

// telling is what the server's webhooks told, each judged by LiveKit's own receiver.
type telling struct {
	lock    sync.Mutex
	events  []*livekit.WebhookEvent
	refused []error
}

var news telling

func (t *telling) receive(answer http.ResponseWriter, request *http.Request) {
	event, err := webhook.ReceiveWebhookEvent(request, auth.NewSimpleKeyProvider(key, secret))
	t.lock.Lock()
	defer t.lock.Unlock()
	if err != nil {
		t.refused = append(t.refused, err)
		answer.WriteHeader(http.StatusUnauthorized)
		return
	}
	t.events = append(t.events, event)
}

// of is what was told about this room so far: the events' names, each with whom it is about.
func (t *telling) of(room string) (told []string, refused []error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	for _, event := range t.events {
		if event.GetRoom().GetName() == room {
			told = append(told, strings.TrimSpace(event.Event+" "+event.GetParticipant().GetIdentity()))
		}
	}
	return told, t.refused
}

// so waits until it is so.
func so(t *testing.T, what string, is func() bool) {
	t.Helper()
	for limit := time.Now().Add(20 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("within 20 s it never came about that %s", what)
		}
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
