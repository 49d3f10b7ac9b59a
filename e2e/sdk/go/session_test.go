// A session with LiveKit's Go SDK, as the mobile SDKs do it (two connections) and as browsers do it (one).
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

var ways = map[string][]lksdk.ConnectOption{
	"two connections": nil,
	"one connection":  {lksdk.WithSinglePeerConnection()},
}

// inBothWays plays the same with clients of either kind.
func inBothWays(t *testing.T, play func(t *testing.T, room string, way []lksdk.ConnectOption)) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, t.Name(), way)
		})
	}
}

// two people who see each other.
func two(t *testing.T, room string, way []lksdk.ConnectOption) (ada, ben *person) {
	ada, ben = joins(t, room, "ada", way...), joins(t, room, "ben", way...)
	ada.hears(t, "comes: ben")
	if who := ben.GetParticipantByIdentity("ada"); who == nil || who.Name() != "Dr. ada" {
		t.Fatalf("ben does not see ada: %v", who)
	}
	return ada, ben
}

func publishes(t *testing.T, one *person, track *lksdk.LocalTrack, name string, source livekit.TrackSource) *lksdk.LocalTrackPublication {
	t.Helper()
	pub, err := one.LocalParticipant.PublishTrack(track, &lksdk.TrackPublicationOptions{Name: name, Source: source})
	if err != nil {
		t.Fatalf("%s is not published: %v", name, err)
	}
	return pub
}

// flows fails unless packets of this track come from now on.
func flows(t *testing.T, one *person, name string) {
	t.Helper()
	before := one.of(name).packets.Load()
	so(t, fmt.Sprintf("%s receives %s", one.LocalParticipant.Identity(), name), func() bool {
		return one.of(name).packets.Load() > before+20
	})
}

// ceases waits until no packet of this track has come for a second; silence itself is no event.
func ceases(t *testing.T, one *person, name string) {
	t.Helper()
	before, since := one.of(name).packets.Load(), time.Now()
	so(t, fmt.Sprintf("%s no longer receives %s", one.LocalParticipant.Identity(), name), func() bool {
		if now := one.of(name).packets.Load(); now != before {
			before, since = now, time.Now()
		}
		return time.Since(since) > time.Second
	})
}

func TestSoundAndPicturesArriveAndAreGivenUpAndTakenUpAgain(t *testing.T) {
	inBothWays(t, func(t *testing.T, room string, way []lksdk.ConnectOption) {
		ada, ben := two(t, room, way)
		mic := publishes(t, ada, microphone(), "mic", livekit.TrackSource_MICROPHONE)
		cam := publishes(t, ada, camera(nil), "cam", livekit.TrackSource_CAMERA)
		if !strings.HasPrefix(mic.SID(), "TR_AM") || !strings.HasPrefix(cam.SID(), "TR_VC") {
			t.Fatalf("names of tracks: %s and %s", mic.SID(), cam.SID())
		}
		flows(t, ben, "mic")
		flows(t, ben, "cam")
		so(t, "a picture can be shown", func() bool { return ben.of("cam").keyframes.Load() > 0 })
		ada.hears(t, "received by somebody: mic")
		ben.hears(t, "speaks: ada")
		mic.SetMuted(true)
		ben.hears(t, "muted: mic")
		mic.SetMuted(false)
		ben.hears(t, "unmuted: mic")

		// Who comes later needs a keyframe, and the camera sends none by itself.
		cem := joins(t, room, "cem", way...)
		flows(t, cem, "cam")
		so(t, "the latecomer has a picture to begin with", func() bool { return cem.of("cam").keyframes.Load() > 0 })

		shown := ben.of("cam").keyframes.Load()
		seen := ben.GetParticipantByIdentity("ada").GetTrackPublication(livekit.TrackSource_CAMERA).(*lksdk.RemoteTrackPublication)
		if err := seen.SetSubscribed(false); err != nil {
			t.Fatal(err)
		}
		ceases(t, ben, "cam")
		if err := seen.SetSubscribed(true); err != nil {
			t.Fatal(err)
		}
		so(t, "the camera is received again, with a picture to begin with", func() bool { return ben.of("cam").keyframes.Load() > shown })

		if err := ada.LocalParticipant.UnpublishTrack(cam.SID()); err != nil {
			t.Fatal(err)
		}
		ben.hears(t, "unpublished: cam")
		flows(t, ben, "mic")
		ada.Disconnect()
		ben.hears(t, "goes: ada")
	})
}

func TestOfThreeLayersEachViewerGetsTheOneTheyWant(t *testing.T) {
	inBothWays(t, func(t *testing.T, room string, way []lksdk.ConnectOption) {
		ada, ben := two(t, room, way)
		layers := []*lksdk.LocalTrack{
			camera(&livekit.VideoLayer{Quality: livekit.VideoQuality_LOW, Width: 320, Height: 180}),
			camera(&livekit.VideoLayer{Quality: livekit.VideoQuality_MEDIUM, Width: 640, Height: 360}),
			camera(&livekit.VideoLayer{Quality: livekit.VideoQuality_HIGH, Width: 1280, Height: 720}),
		}
		if _, err := ada.LocalParticipant.PublishSimulcastTrack(layers, &lksdk.TrackPublicationOptions{
			Name: "cam", Source: livekit.TrackSource_CAMERA,
		}); err != nil {
			t.Fatal(err)
		}
		layer := func(want int64) func() bool { return func() bool { return ben.of("cam").layer.Load() == want } }
		so(t, "ben sees the best there is", layer(3))
		seen := ben.GetParticipantByIdentity("ada").GetTrackPublication(livekit.TrackSource_CAMERA).(*lksdk.RemoteTrackPublication)
		for _, want := range []livekit.VideoQuality{livekit.VideoQuality_LOW, livekit.VideoQuality_MEDIUM, livekit.VideoQuality_HIGH} {
			if err := seen.SetVideoQuality(want); err != nil {
				t.Fatal(err)
			}
			so(t, "ben sees "+want.String(), layer(int64(want)+1))
		}
	})
}

func TestWordsReachThoseTheyAreFor(t *testing.T) {
	inBothWays(t, func(t *testing.T, room string, way []lksdk.ConnectOption) {
		ada, ben := two(t, room, way)
		cem := joins(t, room, "cem", way...)
		ada.hears(t, "comes: cem")
		say := func(words string, options ...lksdk.DataPublishOption) {
			if err := ada.LocalParticipant.PublishDataPacket(lksdk.UserData([]byte(words)), options...); err != nil {
				t.Fatal(err)
			}
		}
		reliably := lksdk.WithDataPublishReliable(true)
		say("for cem", reliably, lksdk.WithDataPublishDestination([]string{"cem"}))
		for n := range 100 {
			say(fmt.Sprint(n), reliably, lksdk.WithDataPublishTopic("counting"))
		}
		counted := []string{}
		for n := range 100 {
			counted = append(counted, fmt.Sprintf("counting/%d by ada", n))
		}
		so(t, "ben has everything in order and nothing else", func() bool { return slices.Equal(ben.read(), counted) })
		so(t, "cem has one word more", func() bool {
			return slices.Equal(cem.read(), append([]string{"/for cem by ada"}, counted...))
		})
		so(t, "what may be lost arrives where nothing is lost", func() bool {
			say("perhaps")
			return slices.Contains(ben.read(), "/perhaps by ada")
		})
		if words := ada.read(); len(words) > 0 {
			t.Fatalf("ada hears herself: %v", words)
		}
	})
}

func TestQuestionsAreAnsweredAndLongTextsPass(t *testing.T) {
	inBothWays(t, func(t *testing.T, room string, way []lksdk.ConnectOption) {
		ada, ben := two(t, room, way)
		if err := ben.RegisterRpcMethod("pulse", func(asked lksdk.RpcInvocationData) (string, error) {
			return asked.Payload + " 72", nil
		}); err != nil {
			t.Fatal(err)
		}
		ask := lksdk.PerformRpcParams{DestinationIdentity: "ben", Method: "pulse", Payload: "it is"}
		if answer, err := ada.LocalParticipant.PerformRpc(ask); err != nil || *answer != "it is 72" {
			t.Fatalf("the answer: %v, %v", answer, err)
		}
		ask.Method = "weight"
		if _, err := ada.LocalParticipant.PerformRpc(ask); err == nil || !strings.Contains(err.Error(), "1400") {
			t.Fatalf("a question nobody answers: %v", err)
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
					t.Fatalf("of the letter arrived %d of %d bytes", len(text), len(letter))
				}
			case file := <-files:
				if !slices.Equal(file, picture) {
					t.Fatalf("of the picture arrived %d of %d bytes", len(file), len(picture))
				}
			case <-time.After(30 * time.Second):
				t.Fatal("the letter or the picture never arrived")
			}
		}
	})
}

func TestWhatSomebodySaysOfThemselvesIsSeen(t *testing.T) {
	inBothWays(t, func(t *testing.T, room string, way []lksdk.ConnectOption) {
		ada, ben := two(t, room, append([]lksdk.ConnectOption{
			lksdk.WithExtraAttributes(map[string]string{"ward": "3"}), lksdk.WithMetadata("on call"),
		}, way...))
		who := ben.GetParticipantByIdentity("ada")
		// The older path has no place for metadata.
		if who.Attributes()["ward"] != "3" || (len(way) > 0 && who.Metadata() != "on call") {
			t.Fatalf("what ada brought: %v, %q", who.Attributes(), who.Metadata())
		}
		ada.LocalParticipant.SetMetadata("at lunch")
		ben.hears(t, "metadata: at lunch")
		ada.LocalParticipant.SetAttributes(map[string]string{"ward": "4"})
		ben.hears(t, "attributes: map[ward:4]")
	})
}
