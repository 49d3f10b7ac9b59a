// Sessions with LiveKit's Go SDK: with two peer connections, as the mobile SDKs connect, and with one, as browsers do.
package sdk

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
)

var paths = map[string][]lksdk.ConnectOption{
	"two peer connections": nil,
	"one peer connection":  {lksdk.WithSinglePeerConnection()},
}

// onBothPaths runs a test on both signal paths at the same time.
func onBothPaths(t *testing.T, test func(t *testing.T, room string, path []lksdk.ConnectOption)) {
	for name, path := range paths {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, t.Name(), path)
		})
	}
}

// joinTwo returns two participants that know each other.
func joinTwo(t *testing.T, room string, path []lksdk.ConnectOption) (ada, ben *participant) {
	ada, ben = join(t, room, "ada", path...), join(t, room, "ben", path...)
	ada.receivesEvent(t, "participant connected: ben")
	if who := ben.GetParticipantByIdentity("ada"); who == nil || who.Name() != "Dr. ada" {
		t.Fatalf("ben does not know ada: %v", who)
	}
	return ada, ben
}

func publish(t *testing.T, p *participant, track *lksdk.LocalTrack, name string, source livekit.TrackSource) *lksdk.LocalTrackPublication {
	t.Helper()
	pub, err := p.LocalParticipant.PublishTrack(track, &lksdk.TrackPublicationOptions{Name: name, Source: source})
	if err != nil {
		t.Fatalf("%s is not published: %v", name, err)
	}
	return pub
}

// receivesPackets waits until twenty more packets of this track have arrived.
func receivesPackets(t *testing.T, p *participant, name string) {
	t.Helper()
	before := p.track(name).packets.Load()
	eventually(t, fmt.Sprintf("%s receives %s", p.LocalParticipant.Identity(), name), func() bool {
		return p.track(name).packets.Load() > before+20
	})
}

// receivesNoPackets waits until no packet of this track has arrived for a second: there is no event for this.
func receivesNoPackets(t *testing.T, p *participant, name string) {
	t.Helper()
	before, since := p.track(name).packets.Load(), time.Now()
	eventually(t, fmt.Sprintf("%s no longer receives %s", p.LocalParticipant.Identity(), name), func() bool {
		if now := p.track(name).packets.Load(); now != before {
			before, since = now, time.Now()
		}
		return time.Since(since) > time.Second
	})
}

func TestTracksArriveEndAndStartAgain(t *testing.T) {
	onBothPaths(t, func(t *testing.T, room string, path []lksdk.ConnectOption) {
		ada, ben := joinTwo(t, room, path)
		mic := publish(t, ada, microphoneTrack(), "mic", livekit.TrackSource_MICROPHONE)
		cam := publish(t, ada, cameraTrack(nil), "cam", livekit.TrackSource_CAMERA)
		if !strings.HasPrefix(mic.SID(), "TR_AM") || !strings.HasPrefix(cam.SID(), "TR_VC") {
			t.Fatalf("track ids: %s and %s", mic.SID(), cam.SID())
		}
		receivesPackets(t, ben, "mic")
		receivesPackets(t, ben, "cam")
		eventually(t, "a keyframe has arrived", func() bool { return ben.track("cam").keyframes.Load() > 0 })
		ada.receivesEvent(t, "local track subscribed: mic")
		ben.receivesEvent(t, "active speaker: ada")
		mic.SetMuted(true)
		ben.receivesEvent(t, "muted: mic")
		mic.SetMuted(false)
		ben.receivesEvent(t, "unmuted: mic")

		// A late subscriber needs a keyframe, and the camera sends none by itself.
		cem := join(t, room, "cem", path...)
		receivesPackets(t, cem, "cam")
		eventually(t, "the late subscriber has a keyframe", func() bool { return cem.track("cam").keyframes.Load() > 0 })

		keyframes := ben.track("cam").keyframes.Load()
		publication := ben.GetParticipantByIdentity("ada").GetTrackPublication(livekit.TrackSource_CAMERA).(*lksdk.RemoteTrackPublication)
		if err := publication.SetSubscribed(false); err != nil {
			t.Fatal(err)
		}
		receivesNoPackets(t, ben, "cam")
		if err := publication.SetSubscribed(true); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the renewed subscription starts with a keyframe", func() bool { return ben.track("cam").keyframes.Load() > keyframes })

		if err := ada.LocalParticipant.UnpublishTrack(cam.SID()); err != nil {
			t.Fatal(err)
		}
		ben.receivesEvent(t, "unpublished: cam")
		receivesPackets(t, ben, "mic")
		ada.Disconnect()
		ben.receivesEvent(t, "participant disconnected: ada")
	})
}

func TestRequestedLayerIsForwarded(t *testing.T) {
	onBothPaths(t, func(t *testing.T, room string, path []lksdk.ConnectOption) {
		ada, ben := joinTwo(t, room, path)
		layers := []*lksdk.LocalTrack{
			cameraTrack(&livekit.VideoLayer{Quality: livekit.VideoQuality_LOW, Width: 320, Height: 180}),
			cameraTrack(&livekit.VideoLayer{Quality: livekit.VideoQuality_MEDIUM, Width: 640, Height: 360}),
			cameraTrack(&livekit.VideoLayer{Quality: livekit.VideoQuality_HIGH, Width: 1280, Height: 720}),
		}
		if _, err := ada.LocalParticipant.PublishSimulcastTrack(layers, &lksdk.TrackPublicationOptions{
			Name: "cam", Source: livekit.TrackSource_CAMERA,
		}); err != nil {
			t.Fatal(err)
		}
		layer := func(want int64) func() bool { return func() bool { return ben.track("cam").layer.Load() == want } }
		eventually(t, "ben receives the best layer", layer(3))
		publication := ben.GetParticipantByIdentity("ada").GetTrackPublication(livekit.TrackSource_CAMERA).(*lksdk.RemoteTrackPublication)
		for _, want := range []livekit.VideoQuality{livekit.VideoQuality_LOW, livekit.VideoQuality_MEDIUM, livekit.VideoQuality_HIGH} {
			if err := publication.SetVideoQuality(want); err != nil {
				t.Fatal(err)
			}
			eventually(t, "ben receives "+want.String(), layer(int64(want)+1))
		}
	})
}

func TestDataReachesItsDestinationsInOrder(t *testing.T) {
	onBothPaths(t, func(t *testing.T, room string, path []lksdk.ConnectOption) {
		ada, ben := joinTwo(t, room, path)
		cem := join(t, room, "cem", path...)
		ada.receivesEvent(t, "participant connected: cem")
		send := func(text string, options ...lksdk.DataPublishOption) {
			if err := ada.LocalParticipant.PublishDataPacket(lksdk.UserData([]byte(text)), options...); err != nil {
				t.Fatal(err)
			}
		}
		reliably := lksdk.WithDataPublishReliable(true)
		send("for cem", reliably, lksdk.WithDataPublishDestination([]string{"cem"}))
		for n := range 100 {
			send(fmt.Sprint(n), reliably, lksdk.WithDataPublishTopic("counting"))
		}
		counted := []string{}
		for n := range 100 {
			counted = append(counted, fmt.Sprintf("counting/%d by ada", n))
		}
		eventually(t, "ben has all packets in order and no others", func() bool { return slices.Equal(ben.data(), counted) })
		eventually(t, "cem has one packet more", func() bool {
			return slices.Equal(cem.data(), append([]string{"/for cem by ada"}, counted...))
		})
		eventually(t, "a lossy packet arrives", func() bool {
			send("perhaps")
			return slices.Contains(ben.data(), "/perhaps by ada")
		})
		if messages := ada.data(); len(messages) > 0 {
			t.Fatalf("ada receives her own data: %v", messages)
		}
	})
}

func TestRpcAndStreamsArriveComplete(t *testing.T) {
	onBothPaths(t, func(t *testing.T, room string, path []lksdk.ConnectOption) {
		ada, ben := joinTwo(t, room, path)
		if err := ben.RegisterRpcMethod("pulse", func(request lksdk.RpcInvocationData) (string, error) {
			return request.Payload + " 72", nil
		}); err != nil {
			t.Fatal(err)
		}
		params := lksdk.PerformRpcParams{DestinationIdentity: "ben", Method: "pulse", Payload: "it is"}
		if answer, err := ada.LocalParticipant.PerformRpc(params); err != nil || *answer != "it is 72" {
			t.Fatalf("the answer: %v, %v", answer, err)
		}
		params.Method = "weight"
		if _, err := ada.LocalParticipant.PerformRpc(params); err == nil || !strings.Contains(err.Error(), "1400") {
			t.Fatalf("an unknown method: %v", err)
		}
		texts, files := make(chan string, 1), make(chan []byte, 1)
		ben.RegisterTextStreamHandler("letter", func(reader *lksdk.TextStreamReader, _ string) { texts <- reader.ReadAll() })
		ben.RegisterByteStreamHandler("picture", func(reader *lksdk.ByteStreamReader, _ string) { files <- reader.ReadAll() })
		letter, picture := strings.Repeat("Grüße ", 20_000), make([]byte, 500_000)
		for at := range picture {
			picture[at] = byte(at * at)
		}
		ada.LocalParticipant.SendText(letter, lksdk.StreamTextOptions{Topic: "letter"})
		writer := ada.LocalParticipant.StreamBytes(lksdk.StreamBytesOptions{Topic: "picture", TotalSize: uint64(len(picture))})
		writer.Write(picture, nil)
		writer.Close()
		for range 2 {
			select {
			case text := <-texts:
				if text != letter {
					t.Fatalf("%d of %d bytes of the letter arrived", len(text), len(letter))
				}
			case file := <-files:
				if !slices.Equal(file, picture) {
					t.Fatalf("%d of %d bytes of the picture arrived", len(file), len(picture))
				}
			case <-time.After(30 * time.Second):
				t.Fatal("the letter or the picture did not arrive within 30 s")
			}
		}
	})
}

func TestMetadataAndAttributesReachTheOthers(t *testing.T) {
	onBothPaths(t, func(t *testing.T, room string, path []lksdk.ConnectOption) {
		ada, ben := joinTwo(t, room, append([]lksdk.ConnectOption{
			lksdk.WithExtraAttributes(map[string]string{"ward": "3"}), lksdk.WithMetadata("on call"),
		}, path...))
		who := ben.GetParticipantByIdentity("ada")
		// The request of `/rtc` has no field for metadata.
		if who.Attributes()["ward"] != "3" || (len(path) > 0 && who.Metadata() != "on call") {
			t.Fatalf("attributes and metadata of ada: %v, %q", who.Attributes(), who.Metadata())
		}
		ada.LocalParticipant.SetMetadata("at lunch")
		ben.receivesEvent(t, "metadata: at lunch")
		ada.LocalParticipant.SetAttributes(map[string]string{"ward": "4"})
		ben.receivesEvent(t, "attributes: map[ward:4]")
	})
}
