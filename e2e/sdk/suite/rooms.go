// The rooms of the external server as some tests read them from the server object: asked through the server API.
// It replaces pkg/service/wire_gen.go; see suite.sh.
package service

import (
	"context"
	"fmt"
	"net/http"

	"github.com/twitchtv/twirp"

	"github.com/livekit/livekit-server/pkg/config"
	"github.com/livekit/livekit-server/pkg/rtc/types"
	"github.com/livekit/livekit-server/pkg/sfu"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
)

func (s *LivekitServer) RoomManager() externalRooms { return externalRooms{s.config} }

type externalRooms struct{ config *config.Config }

func (r externalRooms) GetRoom(_ context.Context, name livekit.RoomName) *externalRoom {
	client := livekit.NewRoomServiceProtobufClient(fmt.Sprintf("http://localhost:%d", r.config.Port), http.DefaultClient)
	return &externalRoom{config: r.config, name: string(name), api: client}
}

type externalRoom struct {
	config *config.Config
	name   string
	api    livekit.RoomService
}

// caller is a context with a token for everything in this room.
func (r *externalRoom) caller() context.Context {
	for key, secret := range r.config.Keys {
		grant := &auth.VideoGrant{RoomAdmin: true, RoomCreate: true, RoomList: true, Room: r.name}
		token, err := auth.NewAccessToken(key, secret).AddGrant(grant).ToJWT()
		if err != nil {
			panic(err)
		}
		caller, err := twirp.WithHTTPRequestHeaders(context.Background(), http.Header{"Authorization": {"Bearer " + token}})
		if err != nil {
			panic(err)
		}
		return caller
	}
	panic("the tests configure a key")
}

func (r *externalRoom) Close(types.ParticipantCloseReason) {
	if _, err := r.api.DeleteRoom(r.caller(), &livekit.DeleteRoomRequest{Room: r.name}); err != nil {
		panic(err)
	}
}

func (r *externalRoom) GetParticipant(identity livekit.ParticipantIdentity) *externalParticipant {
	all, err := r.api.ListParticipants(r.caller(), &livekit.ListParticipantsRequest{Room: r.name})
	if err != nil {
		return nil
	}
	for _, info := range all.Participants {
		if info.Identity == string(identity) {
			return &externalParticipant{info: info, all: all.Participants}
		}
	}
	return nil
}

type externalParticipant struct {
	info *livekit.ParticipantInfo
	all  []*livekit.ParticipantInfo
}

func (p *externalParticipant) GetPublishedTracks() (tracks []types.MediaTrack) {
	for _, info := range p.info.Tracks {
		tracks = append(tracks, externalTrack{id: livekit.TrackID(info.Sid), all: p.all})
	}
	return
}

func (p *externalParticipant) GetPublishedDataTracks() (tracks []types.DataTrack) {
	for range p.info.DataTracks {
		tracks = append(tracks, externalDataTrack{all: p.all})
	}
	return
}

// GetSubscribedTracks is empty: the objects that forward packets are in another process.
func (p *externalParticipant) GetSubscribedTracks() []types.SubscribedTrack { return nil }

type externalTrack struct {
	types.MediaTrack
	id  livekit.TrackID
	all []*livekit.ParticipantInfo
}

func (t externalTrack) ID() livekit.TrackID            { return t.id }
func (t externalTrack) Receivers() []sfu.TrackReceiver { return nil }

// IsSubscriber: a participant who is not in the room subscribes to nothing. The API does not answer more.
func (t externalTrack) IsSubscriber(id livekit.ParticipantID) bool { return isPresent(id, t.all) }

type externalDataTrack struct {
	types.DataTrack
	all []*livekit.ParticipantInfo
}

func (t externalDataTrack) IsSubscriber(id livekit.ParticipantID) bool { return isPresent(id, t.all) }

func isPresent(id livekit.ParticipantID, all []*livekit.ParticipantInfo) bool {
	for _, info := range all {
		if info.Sid == string(id) {
			return true
		}
	}
	return false
}
