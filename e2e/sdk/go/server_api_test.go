// The server API through LiveKit's Go SDK, and the webhooks it causes.
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

func roomService() *lksdk.RoomServiceClient {
	return lksdk.NewRoomServiceClient("http://"+server, key, secret)
}

// refusal is the code of a refusal.
func refusal[T any](_ T, err error) twirp.ErrorCode {
	var fault twirp.Error
	if errors.As(err, &fault) {
		return fault.Code()
	}
	return twirp.NoError
}

func expectEqual[T comparable](t *testing.T, what string, actual, expected T) {
	t.Helper()
	if actual != expected {
		t.Fatalf("%s: %v instead of %v", what, actual, expected)
	}
}

func TestServerAPIChangesRoomAndWebhooksReportIt(t *testing.T) {
	ctx, rooms, room := context.Background(), roomService(), t.Name()
	created := must(rooms.CreateRoom(ctx, &livekit.CreateRoomRequest{Name: room, EmptyTimeout: 600, Metadata: "floor 2"}))
	repeated := must(rooms.CreateRoom(ctx, &livekit.CreateRoomRequest{Name: room, EmptyTimeout: 1}))
	expectEqual(t, "the same room", repeated.Sid, created.Sid)
	ada, ben := join(t, room, "ada"), join(t, room, "ben", lksdk.WithSinglePeerConnection())
	mic := publish(t, ada, microphoneTrack(), "mic", livekit.TrackSource_MICROPHONE)
	receivesPackets(t, ben, "mic")

	listed := must(rooms.ListRooms(ctx, &livekit.ListRoomsRequest{Names: []string{room, "nowhere"}})).Rooms
	expectEqual(t, "rooms found", len(listed), 1)
	expectEqual(t, "participants in it", listed[0].NumParticipants, 2)
	participants := must(rooms.ListParticipants(ctx, &livekit.ListParticipantsRequest{Room: room})).Participants
	expectEqual(t, "participants listed", len(participants), 2)
	identity := &livekit.RoomParticipantIdentity{Room: room, Identity: "ada"}
	info := must(rooms.GetParticipant(ctx, identity))
	expectEqual(t, "the track of ada", info.Tracks[0].Sid, mic.SID())

	mute := &livekit.MuteRoomTrackRequest{Room: room, Identity: "ada", TrackSid: mic.SID(), Muted: true}
	expectEqual(t, "muted", must(rooms.MutePublishedTrack(ctx, mute)).Track.Muted, true)
	ben.receivesEvent(t, "muted: mic")
	eventually(t, "ada is muted", mic.IsMuted)
	update := &livekit.UpdateParticipantRequest{Room: room, Identity: "ada", Metadata: "on call", Attributes: map[string]string{"ward": "3"}}
	expectEqual(t, "metadata of ada", must(rooms.UpdateParticipant(ctx, update)).Metadata, "on call")
	ben.receivesEvent(t, "metadata: on call")
	ben.receivesEvent(t, "attributes: map[ward:3]")
	must(rooms.UpdateSubscriptions(ctx, &livekit.UpdateSubscriptionsRequest{Room: room, Identity: "ben", TrackSids: []string{mic.SID()}}))
	receivesNoPackets(t, ben, "mic")
	topic := "news"
	must(rooms.SendData(ctx, &livekit.SendDataRequest{
		Room: room, Data: []byte("lunch"), Topic: &topic, DestinationIdentities: []string{"ben"}, Kind: livekit.DataPacket_RELIABLE,
	}))
	eventually(t, "ben receives the data", func() bool { return slices.Equal(ben.data(), []string{"news/lunch by "}) })
	must(rooms.UpdateRoomMetadata(ctx, &livekit.UpdateRoomMetadataRequest{Room: room, Metadata: "floor 3"}))
	for _, p := range []*participant{ada, ben} {
		p.receivesEvent(t, "room metadata: floor 3")
	}
	must(rooms.RemoveParticipant(ctx, identity))
	ada.receivesEvent(t, "disconnected: PARTICIPANT_REMOVED")
	must(rooms.DeleteRoom(ctx, &livekit.DeleteRoomRequest{Room: room}))
	ben.receivesEvent(t, "disconnected: ROOM_DELETED")

	expected := []string{
		"participant_joined ada", "participant_joined ben", "participant_left ada", "participant_left ben",
		"room_finished", "room_started", "track_published ada", "track_unpublished ada",
	}
	eventually(t, "all webhooks are received and valid", func() bool {
		events, invalid := webhooks.of(room)
		slices.Sort(events)
		return slices.Equal(events, expected) && len(invalid) == 0
	})
}

func TestRefusalsHaveLiveKitsCodes(t *testing.T) {
	ctx, rooms := context.Background(), roomService()
	nowhere := &livekit.RoomParticipantIdentity{Room: "nowhere", Identity: "ada"}
	expectEqual(t, "a participant of an unknown room", refusal(rooms.GetParticipant(ctx, nowhere)), twirp.NotFound)
	expectEqual(t, "removal from an unknown room", refusal(rooms.RemoveParticipant(ctx, nowhere)), twirp.NotFound)
	expectEqual(t, "an unknown room", refusal(rooms.DeleteRoom(ctx, &livekit.DeleteRoomRequest{Room: "nowhere"})), twirp.NotFound)
	foreign := lksdk.NewRoomServiceClient("http://"+server, key, "another secret")
	expectEqual(t, "a wrong secret", refusal(foreign.ListRooms(ctx, &livekit.ListRoomsRequest{})), twirp.Unauthenticated)
	move := &livekit.MoveParticipantRequest{Room: "nowhere", Identity: "ada", DestinationRoom: "elsewhere"}
	expectEqual(t, "a move", refusal(rooms.MoveParticipant(ctx, move)), twirp.Unimplemented)
	egress := lksdk.NewEgressClient("http://"+server, key, secret)
	expectEqual(t, "a recording", refusal(egress.ListEgress(ctx, &livekit.ListEgressRequest{})), twirp.Unimplemented)
}
