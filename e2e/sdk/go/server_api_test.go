// Programs with an API key: the server API by LiveKit's Go SDK, and webhooks judged by LiveKit's Go receiver.
package sdk

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/twitchtv/twirp"
)

func rooms() *lksdk.RoomServiceClient {
	return lksdk.NewRoomServiceClient("http://"+server, key, secret)
}

// refusal is a refusal's name.
func refusal[T any](_ T, err error) twirp.ErrorCode {
	var fault twirp.Error
	if errors.As(err, &fault) {
		return fault.Code()
	}
	return twirp.NoError
}

func expect[T comparable](t *testing.T, what string, is, should T) {
	t.Helper()
	if is != should {
		t.Fatalf("%s: %v instead of %v", what, is, should)
	}
}

func TestAProgramRulesARoomAndIsToldWhatHappensInIt(t *testing.T) {
	ctx, rooms, room := context.Background(), rooms(), t.Name()
	made := must(rooms.CreateRoom(ctx, &livekit.CreateRoomRequest{Name: room, EmptyTimeout: 600, Metadata: "floor 2"}))
	again := must(rooms.CreateRoom(ctx, &livekit.CreateRoomRequest{Name: room, EmptyTimeout: 1}))
	expect(t, "the same room", again.Sid, made.Sid)
	ada, ben := joins(t, room, "ada"), joins(t, room, "ben", lksdk.WithSinglePeerConnection())
	mic := publishes(t, ada, microphone(), "mic", livekit.TrackSource_MICROPHONE)
	flows(t, ben, "mic")

	listed := must(rooms.ListRooms(ctx, &livekit.ListRoomsRequest{Names: []string{room, "nowhere"}})).Rooms
	expect(t, "rooms found", len(listed), 1)
	expect(t, "people in it", listed[0].NumParticipants, 2)
	people := must(rooms.ListParticipants(ctx, &livekit.ListParticipantsRequest{Room: room})).Participants
	expect(t, "people listed", len(people), 2)
	who := &livekit.RoomParticipantIdentity{Room: room, Identity: "ada"}
	face := must(rooms.GetParticipant(ctx, who))
	expect(t, "the track of ada", face.Tracks[0].Sid, mic.SID())

	mute := &livekit.MuteRoomTrackRequest{Room: room, Identity: "ada", TrackSid: mic.SID(), Muted: true}
	expect(t, "muted", must(rooms.MutePublishedTrack(ctx, mute)).Track.Muted, true)
	ben.hears(t, "muted: mic")
	so(t, "ada knows that she is muted", mic.IsMuted)
	update := &livekit.UpdateParticipantRequest{Room: room, Identity: "ada", Metadata: "on call", Attributes: map[string]string{"ward": "3"}}
	expect(t, "what is said of ada", must(rooms.UpdateParticipant(ctx, update)).Metadata, "on call")
	ben.hears(t, "metadata: on call")
	ben.hears(t, "attributes: map[ward:3]")
	must(rooms.UpdateSubscriptions(ctx, &livekit.UpdateSubscriptionsRequest{Room: room, Identity: "ben", TrackSids: []string{mic.SID()}}))
	ceases(t, ben, "mic")
	topic := "news"
	must(rooms.SendData(ctx, &livekit.SendDataRequest{
		Room: room, Data: []byte("lunch"), Topic: &topic, DestinationIdentities: []string{"ben"}, Kind: livekit.DataPacket_RELIABLE,
	}))
	so(t, "ben reads the news", func() bool { return slices.Equal(ben.read(), []string{"news/lunch by "}) })
	must(rooms.UpdateRoomMetadata(ctx, &livekit.UpdateRoomMetadataRequest{Room: room, Metadata: "floor 3"}))
	for _, one := range []*person{ada, ben} {
		one.hears(t, "room: floor 3")
	}
	must(rooms.RemoveParticipant(ctx, who))
	ada.hears(t, "out: PARTICIPANT_REMOVED")
	must(rooms.DeleteRoom(ctx, &livekit.DeleteRoomRequest{Room: room}))
	ben.hears(t, "out: ROOM_DELETED")

	story := []string{
		"participant_joined ada", "participant_joined ben", "participant_left ada", "participant_left ben",
		"room_finished", "room_started", "track_published ada", "track_unpublished ada",
	}
	so(t, "the whole story is told", func() bool {
		told, refused := news.of(room)
		slices.Sort(told)
		return slices.Equal(told, story) && len(refused) == 0
	})
}

func TestEveryNoHasItsName(t *testing.T) {
	ctx, rooms := context.Background(), rooms()
	nowhere := &livekit.RoomParticipantIdentity{Room: "nowhere", Identity: "ada"}
	expect(t, "a participant of no room", refusal(rooms.GetParticipant(ctx, nowhere)), twirp.NotFound)
	expect(t, "one to be removed", refusal(rooms.RemoveParticipant(ctx, nowhere)), twirp.NotFound)
	expect(t, "no room", refusal(rooms.DeleteRoom(ctx, &livekit.DeleteRoomRequest{Room: "nowhere"})), twirp.NotFound)
	stranger := lksdk.NewRoomServiceClient("http://"+server, key, "another secret")
	expect(t, "a wrong secret", refusal(stranger.ListRooms(ctx, &livekit.ListRoomsRequest{})), twirp.Unauthenticated)
	move := &livekit.MoveParticipantRequest{Room: "nowhere", Identity: "ada", DestinationRoom: "elsewhere"}
	expect(t, "a move", refusal(rooms.MoveParticipant(ctx, move)), twirp.Unimplemented)
	egress := lksdk.NewEgressClient("http://"+server, key, secret)
	expect(t, "a recording", refusal(egress.ListEgress(ctx, &livekit.ListEgressRequest{})), twirp.Unimplemented)
}
