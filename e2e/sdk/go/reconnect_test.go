// Broken connections and leave requests, as LiveKit's Go SDK simulates them.
package sdk

import (
	"testing"

	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
)

func TestReconnectedParticipantReceivesAndIsReceived(t *testing.T) {
	scenarios := map[string]lksdk.SimulateScenario{
		"signal reconnect":              lksdk.SimulateSignalReconnect,
		"node failure":                  lksdk.SimulateNodeFailure,
		"leave request, full reconnect": lksdk.SimulateLeaveRequestFullReconnect,
		"leave request, no reconnect":   lksdk.SimulateServerLeave,
	}
	for name, scenario := range scenarios {
		t.Run(name, func(t *testing.T) {
			onBothPaths(t, func(t *testing.T, room string, path []lksdk.ConnectOption) {
				ada, ben := joinTwo(t, room, path)
				publish(t, ada, microphoneTrack(), "mic", livekit.TrackSource_MICROPHONE)
				publish(t, ada, cameraTrack(nil), "cam", livekit.TrackSource_CAMERA)
				publish(t, ben, microphoneTrack(), "ben's mic", livekit.TrackSource_MICROPHONE)
				receivesPackets(t, ben, "cam")
				receivesPackets(t, ada, "ben's mic")
				ada.Simulate(scenario)
				if scenario == lksdk.SimulateServerLeave {
					ada.receivesEvent(t, "disconnected: SERVER_SHUTDOWN")
					ben.receivesEvent(t, "participant disconnected: ada")
					return
				}
				ada.receivesEvent(t, "reconnected")
				for _, name := range []string{"mic", "cam"} {
					receivesPackets(t, ben, name)
				}
				receivesPackets(t, ada, "ben's mic")
				reliably := lksdk.WithDataPublishReliable(true)
				if err := ada.LocalParticipant.PublishDataPacket(lksdk.UserData([]byte("hello again")), reliably); err != nil {
					t.Fatal(err)
				}
				eventually(t, "ben receives ada's data", func() bool {
					messages := ben.data()
					return len(messages) == 1 && messages[0] == "/hello again by ada"
				})
			})
		})
	}
}

func TestSecondClientReplacesTheFirst(t *testing.T) {
	onBothPaths(t, func(t *testing.T, room string, path []lksdk.ConnectOption) {
		first, ben := joinTwo(t, room, path)
		second := join(t, room, "ada", path...)
		first.receivesEvent(t, "disconnected: DUPLICATE_IDENTITY")
		publish(t, second, microphoneTrack(), "mic", livekit.TrackSource_MICROPHONE)
		receivesPackets(t, ben, "mic")
	})
}

func TestInvalidTokenIsRefused(t *testing.T) {
	onBothPaths(t, func(t *testing.T, room string, path []lksdk.ConnectOption) {
		if err := lksdk.NewRoom(nil).JoinWithToken("ws://"+server, "none", path...); err == nil {
			t.Fatal("joined with an invalid token")
		}
	})
}
