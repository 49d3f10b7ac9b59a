// People in rooms, with LiveKit's own client for Go: what they send, and what they were told.
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

// person is somebody in a room; told is what their room told them, in words.
type person struct {
	*lksdk.Room
	lock     sync.Mutex
	told     []string
	words    []string
	received map[string]*received
}

// received is what came of one track, by its name.
type received struct {
	packets, keyframes, layer atomic.Int64
}

// joins comes in, by the older path or by the newer one, as the options say.
func joins(t *testing.T, room, identity string, options ...lksdk.ConnectOption) *person {
	t.Helper()
	one := &person{received: map[string]*received{}}
	one.Room = lksdk.NewRoom(one.callback())
	mayAmend := true
	grant := &auth.VideoGrant{RoomJoin: true, Room: room, CanUpdateOwnMetadata: &mayAmend}
	token := auth.NewAccessToken(key, secret).SetVideoGrant(grant).SetIdentity(identity).SetName("Dr. " + identity)
	if err := one.JoinWithToken("ws://"+server, must(token.ToJWT()), options...); err != nil {
		t.Fatalf("%s does not come in: %v", identity, err)
	}
	t.Cleanup(one.Disconnect)
	return one
}

func (p *person) hear(format string, values ...any) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.told = append(p.told, fmt.Sprintf(format, values...))
}

// times is how often they were told this.
func (p *person) times(what string) (times int) {
	p.lock.Lock()
	defer p.lock.Unlock()
	for _, told := range p.told {
		if told == what {
			times++
		}
	}
	return times
}

func (p *person) hears(t *testing.T, what string) {
	t.Helper()
	so(t, fmt.Sprintf("%s hears: %s", p.LocalParticipant.Identity(), what), func() bool { return p.times(what) > 0 })
}

// read is every data packet in the order in which it came: topic, words, and who said them.
func (p *person) read() []string {
	p.lock.Lock()
	defer p.lock.Unlock()
	return append([]string{}, p.words...)
}

// of is what was received of a track.
func (p *person) of(name string) *received {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.received[name] == nil {
		p.received[name] = &received{}
	}
	return p.received[name]
}

func (p *person) callback() *lksdk.RoomCallback {
	name := func(pub lksdk.TrackPublication) string { return pub.Name() }
	return &lksdk.RoomCallback{
		OnDisconnected:            func() { p.hear("out: %s", p.DisconnectReason()) },
		OnReconnecting:            func() { p.hear("line lost") },
		OnReconnected:             func() { p.hear("back") },
		OnRoomMetadataChanged:     func(words string) { p.hear("room: %s", words) },
		OnParticipantConnected:    func(who *lksdk.RemoteParticipant) { p.hear("comes: %s", who.Identity()) },
		OnParticipantDisconnected: func(who *lksdk.RemoteParticipant) { p.hear("goes: %s", who.Identity()) },
		OnLocalTrackSubscribed: func(pub *lksdk.LocalTrackPublication, _ *lksdk.LocalParticipant) {
			p.hear("received by somebody: %s", pub.Name())
		},
		OnActiveSpeakersChanged: func(speakers []lksdk.Participant) {
			for _, who := range speakers {
				p.hear("speaks: %s", who.Identity())
			}
		},
		ParticipantCallback: lksdk.ParticipantCallback{
			OnTrackMuted:        func(pub lksdk.TrackPublication, _ lksdk.Participant) { p.hear("muted: %s", name(pub)) },
			OnTrackUnmuted:      func(pub lksdk.TrackPublication, _ lksdk.Participant) { p.hear("unmuted: %s", name(pub)) },
			OnMetadataChanged:   func(_ string, who lksdk.Participant) { p.hear("metadata: %s", who.Metadata()) },
			OnAttributesChanged: func(changed map[string]string, _ lksdk.Participant) { p.hear("attributes: %v", changed) },
			OnTrackUnpublished: func(pub *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant) {
				p.hear("unpublished: %s", name(pub))
			},
			OnTrackUnsubscribed: func(_ *webrtc.TrackRemote, pub *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant) {
				p.hear("no longer received: %s", name(pub))
			},
			OnTrackSubscribed: func(track *webrtc.TrackRemote, pub *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant) {
				p.hear("received: %s", name(pub))
				go p.of(name(pub)).read(track)
			},
			OnDataPacket: func(packet lksdk.DataPacket, about lksdk.DataReceiveParams) {
				if said, ok := packet.(*lksdk.UserDataPacket); ok {
					p.lock.Lock()
					p.words = append(p.words, fmt.Sprintf("%s/%s by %s", said.Topic, said.Payload, about.SenderIdentity))
					p.lock.Unlock()
				}
			},
		},
	}
}

// read counts a track's packets, its keyframes, and remembers the layer of the last picture.
func (r *received) read(track *webrtc.TrackRemote) {
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		r.packets.Add(1)
		var picture codecs.VP8Packet
		if track.Kind() != webrtc.RTPCodecTypeVideo {
			continue
		}
		payload, err := picture.Unmarshal(packet.Payload)
		if err != nil || len(payload) < 4 || picture.S != 1 || picture.PID != 0 {
			continue
		}
		if payload[0]&1 == 0 {
			r.keyframes.Add(1)
		}
		r.layer.Store(int64(payload[3]))
	}
}

// pictures is a camera: one keyframe at the beginning and one whenever somebody needs it, never by itself.
type pictures struct {
	lksdk.BaseSampleProvider
	wanted atomic.Bool
	layer  byte
}

func (p *pictures) NextSample(context.Context) (media.Sample, error) {
	frame := make([]byte, 200)
	if frame[0] = 1; p.wanted.Swap(false) {
		frame[0] = 0
	}
	frame[3] = p.layer
	return media.Sample{Data: frame, Duration: time.Second / 30}, nil
}

// camera is a track of pictures that obeys those who ask it for a keyframe.
func camera(layer *livekit.VideoLayer) *lksdk.LocalTrack {
	source := &pictures{}
	source.wanted.Store(true)
	options := []lksdk.LocalTrackOptions{lksdk.WithRTCPHandler(func(packet rtcp.Packet) {
		if _, asked := packet.(*rtcp.PictureLossIndication); asked {
			source.wanted.Store(true)
		}
	})}
	if layer != nil {
		source.layer = byte(layer.Quality) + 1
		options = append(options, lksdk.WithSimulcast("camera", layer))
	}
	kind := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}
	track := must(lksdk.NewLocalTrack(kind, options...))
	if err := track.StartWrite(source, func() {}); err != nil {
		panic(err)
	}
	return track
}

// microphone is a track of fifty packets a second.
func microphone() *lksdk.LocalTrack {
	kind := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}
	track := must(lksdk.NewLocalTrack(kind))
	if err := track.StartWrite(&sound{}, func() {}); err != nil {
		panic(err)
	}
	return track
}

type sound struct{ lksdk.BaseSampleProvider }

func (*sound) NextSample(context.Context) (media.Sample, error) {
	return media.Sample{Data: make([]byte, 60), Duration: 20 * time.Millisecond}, nil
}

// CurrentAudioLevel is loud: ten decibels below the loudest.
func (*sound) CurrentAudioLevel() uint8 { return 10 }
