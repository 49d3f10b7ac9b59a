// Lines that break and servers that go away, as LiveKit's Go SDK pretends them.
package sdk

import (
	"testing"

	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
)

func TestWhoeverLosesTheLineComesBackAndIsReceivedAndReceives(t *testing.T) {
	scenarios := map[string]lksdk.SimulateScenario{
		"the socket breaks":         lksdk.SimulateSignalReconnect,
		"the server's node fails":   lksdk.SimulateNodeFailure,
		"the server wants it anew":  lksdk.SimulateLeaveRequestFullReconnect,
		"the server sends them out": lksdk.SimulateServerLeave,
	}
	for name, scenario := range scenarios {
		t.Run(name, func(t *testing.T) {
			inBothWays(t, func(t *testing.T, room string, way []lksdk.ConnectOption) {
				ada, ben := two(t, room, way)
				publishes(t, ada, microphone(), "mic", livekit.TrackSource_MICROPHONE)
				publishes(t, ada, camera(nil), "cam", livekit.TrackSource_CAMERA)
				publishes(t, ben, microphone(), "ben's mic", livekit.TrackSource_MICROPHONE)
				flows(t, ben, "cam")
				flows(t, ada, "ben's mic")
				ada.Simulate(scenario)
				if scenario == lksdk.SimulateServerLeave {
					ada.hears(t, "out: SERVER_SHUTDOWN")
					ben.hears(t, "goes: ada")
					return
				}
				ada.hears(t, "back")
				for _, name := range []string{"mic", "cam"} {
					flows(t, ben, name)
				}
				flows(t, ada, "ben's mic")
				said := lksdk.WithDataPublishReliable(true)
				if err := ada.LocalParticipant.PublishDataPacket(lksdk.UserData([]byte("hello again")), said); err != nil {
					t.Fatal(err)
				}
				so(t, "ben reads what ada says", func() bool {
					words := ben.read()
					return len(words) == 1 && words[0] == "/hello again by ada"
				})
			})
		})
	}
}

func TestASecondDeviceTakesTheSeat(t *testing.T) {
	inBothWays(t, func(t *testing.T, room string, way []lksdk.ConnectOption) {
		first, ben := two(t, room, way)
		second := joins(t, room, "ada", way...)
		first.hears(t, "out: DUPLICATE_IDENTITY")
		publishes(t, second, microphone(), "mic", livekit.TrackSource_MICROPHONE)
		flows(t, ben, "mic")
	})
}

func TestATokenThatIsNoneOpensNoDoor(t *testing.T) {
	inBothWays(t, func(t *testing.T, room string, way []lksdk.ConnectOption) {
		if err := lksdk.NewRoom(nil).JoinWithToken("ws://"+server, "none", way...); err == nil {
			t.Fatal("it did")
		}
	})
}
