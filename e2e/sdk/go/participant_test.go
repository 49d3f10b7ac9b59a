// Participants with LiveKit's client for Go: what they publish, and the events and packets they receive.
package sdk

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/rtcp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
)

// participant is a client in a room. events are those of its room as text; messages are its data packets.
type participant struct {
	*lksdk.Room
	lock     sync.Mutex
	events   []string
	messages []string
	tracks   map[string]*receivedTrack
}

// receivedTrack counts what arrives of a track; layer is that of the last frame.
type receivedTrack struct {
	packets, keyframes, layer atomic.Int64
}

// join connects on `/rtc`, or on `/rtc/v1` with the option for a single peer connection.
func join(t *testing.T, room, identity string, options ...lksdk.ConnectOption) *participant {
	t.Helper()
	p := &participant{tracks: map[string]*receivedTrack{}}
	p.Room = lksdk.NewRoom(p.callback())
	mayUpdate := true
	grant := &auth.VideoGrant{RoomJoin: true, Room: room, CanUpdateOwnMetadata: &mayUpdate}
	token := auth.NewAccessToken(key, secret).SetVideoGrant(grant).SetIdentity(identity).SetName("Dr. " + identity)
	if err := p.JoinWithToken("ws://"+server, must(token.ToJWT()), options...); err != nil {
		t.Fatalf("%s cannot join: %v", identity, err)
	}
	t.Cleanup(p.Disconnect)
	return p
}

func (p *participant) record(format string, values ...any) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.events = append(p.events, fmt.Sprintf(format, values...))
}

// count is the number of events with this text.
func (p *participant) count(event string) (count int) {
	p.lock.Lock()
	defer p.lock.Unlock()
	for _, received := range p.events {
		if received == event {
			count++
		}
	}
	return count
}

func (p *participant) receivesEvent(t *testing.T, event string) {
	t.Helper()
	eventually(t, fmt.Sprintf("%s receives event %q", p.LocalParticipant.Identity(), event), func() bool { return p.count(event) > 0 })
}

// data is every data packet in the order of arrival: topic, payload and sender.
func (p *participant) data() []string {
	p.lock.Lock()
	defer p.lock.Unlock()
	return append([]string{}, p.messages...)
}

// track is what was received of the track with this name.
func (p *participant) track(name string) *receivedTrack {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.tracks[name] == nil {
		p.tracks[name] = &receivedTrack{}
	}
	return p.tracks[name]
}

func (p *participant) callback() *lksdk.RoomCallback {
	name := func(pub lksdk.TrackPublication) string { return pub.Name() }
	return &lksdk.RoomCallback{
		OnDisconnected:            func() { p.record("disconnected: %s", p.DisconnectReason()) },
		OnReconnecting:            func() { p.record("reconnecting") },
		OnReconnected:             func() { p.record("reconnected") },
		OnRoomMetadataChanged:     func(metadata string) { p.record("room metadata: %s", metadata) },
		OnParticipantConnected:    func(who *lksdk.RemoteParticipant) { p.record("participant connected: %s", who.Identity()) },
		OnParticipantDisconnected: func(who *lksdk.RemoteParticipant) { p.record("participant disconnected: %s", who.Identity()) },
		OnLocalTrackSubscribed: func(pub *lksdk.LocalTrackPublication, _ *lksdk.LocalParticipant) {
			p.record("local track subscribed: %s", pub.Name())
		},
		OnActiveSpeakersChanged: func(speakers []lksdk.Participant) {
			for _, who := range speakers {
				p.record("active speaker: %s", who.Identity())
			}
		},
		ParticipantCallback: lksdk.ParticipantCallback{
			OnTrackMuted:        func(pub lksdk.TrackPublication, _ lksdk.Participant) { p.record("muted: %s", name(pub)) },
			OnTrackUnmuted:      func(pub lksdk.TrackPublication, _ lksdk.Participant) { p.record("unmuted: %s", name(pub)) },
			OnMetadataChanged:   func(_ string, who lksdk.Participant) { p.record("metadata: %s", who.Metadata()) },
			OnAttributesChanged: func(changed map[string]string, _ lksdk.Participant) { p.record("attributes: %v", changed) },
			OnTrackUnpublished: func(pub *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant) {
				p.record("unpublished: %s", name(pub))
			},
			OnTrackUnsubscribed: func(_ *webrtc.TrackRemote, pub *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant) {
				p.record("unsubscribed: %s", name(pub))
			},
			OnTrackSubscribed: func(track *webrtc.TrackRemote, pub *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant) {
				p.record("subscribed: %s", name(pub))
				go p.track(name(pub)).readFrom(track)
			},
			OnDataPacket: func(packet lksdk.DataPacket, params lksdk.DataReceiveParams) {
				if message, ok := packet.(*lksdk.UserDataPacket); ok {
					p.lock.Lock()
					p.messages = append(p.messages, fmt.Sprintf("%s/%s by %s", message.Topic, message.Payload, params.SenderIdentity))
					p.lock.Unlock()
				}
			},
		},
	}
}

// readFrom counts packets and keyframes until the track ends.
func (r *receivedTrack) readFrom(track *webrtc.TrackRemote) {
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		r.packets.Add(1)
		var frame codecs.VP8Packet
		if track.Kind() != webrtc.RTPCodecTypeVideo {
			continue
		}
		payload, err := frame.Unmarshal(packet.Payload)
		if err != nil || len(payload) < 4 || frame.S != 1 || frame.PID != 0 {
			continue
		}
		if payload[0]&1 == 0 {
			r.keyframes.Add(1)
		}
		r.layer.Store(int64(payload[3]))
	}
}

// videoSource is a fake camera: a keyframe at the start and on request, never by itself.
type videoSource struct {
	lksdk.BaseSampleProvider
	keyframe atomic.Bool
	layer    byte
}

func (v *videoSource) NextSample(context.Context) (media.Sample, error) {
	frame := make([]byte, 200)
	if frame[0] = 1; v.keyframe.Swap(false) {
		frame[0] = 0
	}
	frame[3] = v.layer
	return media.Sample{Data: frame, Duration: time.Second / 30}, nil
}

// cameraTrack publishes a videoSource; a PLI requests a keyframe.
func cameraTrack(layer *livekit.VideoLayer) *lksdk.LocalTrack {
	source := &videoSource{}
	source.keyframe.Store(true)
	options := []lksdk.LocalTrackOptions{lksdk.WithRTCPHandler(func(packet rtcp.Packet) {
		if _, ok := packet.(*rtcp.PictureLossIndication); ok {
			source.keyframe.Store(true)
		}
	})}
	if layer != nil {
		source.layer = byte(layer.Quality) + 1
		options = append(options, lksdk.WithSimulcast("camera", layer))
	}
	codec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}
	track := must(lksdk.NewLocalTrack(codec, options...))
	if err := track.StartWrite(source, func() {}); err != nil {
		panic(err)
	}
	return track
}

// microphoneTrack sends fifty packets a second.
func microphoneTrack() *lksdk.LocalTrack {
	codec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}
	track := must(lksdk.NewLocalTrack(codec))
	if err := track.StartWrite(&audioSource{}, func() {}); err != nil {
		panic(err)
	}
	return track
}

type audioSource struct{ lksdk.BaseSampleProvider }

func (*audioSource) NextSample(context.Context) (media.Sample, error) {
	return media.Sample{Data: make([]byte, 60), Duration: 20 * time.Millisecond}, nil
}

// CurrentAudioLevel is 10 dB below the maximum, which counts as speaking.
func (*audioSource) CurrentAudioLevel() uint8 { return 10 }
