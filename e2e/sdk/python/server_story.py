"""The server API through LiveKit's Python SDK, which uses protobuf: every method, and the code of every refusal.

    python server_story.py ws://127.0.0.1:7880 [KEY SECRET]

Prints one line for each passed check, and ends with the first that fails.
"""

import asyncio
import datetime
import sys
import uuid

from livekit import api, rtc
from livekit.api.room_service import RoomService

from participant import Participant, passed, token

URL = sys.argv[1]
KEY, SECRET = sys.argv[2:4] if len(sys.argv) > 3 else ("devkey", "secret")
HTTP = URL.replace("ws", "http", 1)


async def refusal(request) -> tuple[int, str]:
    try:
        await request
    except api.ServerError as error:
        return error.status, error.code
    raise AssertionError("it was not refused")


async def rooms(service: RoomService, name: str):
    request = api.CreateRoomRequest(
        name=name, empty_timeout=600, departure_timeout=30, max_participants=4, metadata="floor 2"
    )
    created = await service.create_room(request)
    assert created.sid.startswith("RM_")
    assert (created.empty_timeout, created.departure_timeout, created.max_participants) == (600, 30, 4)
    repeated = await service.create_room(api.CreateRoomRequest(name=name, empty_timeout=1))
    assert (repeated.sid, repeated.empty_timeout, repeated.metadata) == (created.sid, 600, "floor 2")
    listed = await service.list_rooms(api.ListRoomsRequest(names=[name, "nowhere"]))
    assert [room.sid for room in listed.rooms] == [created.sid]
    assert name in [room.name for room in (await service.list_rooms(api.ListRoomsRequest())).rooms]
    passed("a room is created once and listed")


async def participants(service: RoomService, name: str, ada: Participant, ben: Participant):
    source = rtc.AudioSource(48_000, 1)
    track = await ada.room.local_participant.publish_track(
        rtc.LocalAudioTrack.create_audio_track("mic", source),
        rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE),
    )
    # The acknowledgement comes first; the track is announced once it can be received.
    await ben.receives_event("track_published", lambda publication, who: publication.sid == track.sid)
    listed = await service.list_participants(api.ListParticipantsRequest(room=name))
    assert sorted(participant.identity for participant in listed.participants) == ["ada", "ben"]
    info = await service.get_participant(api.RoomParticipantIdentity(room=name, identity="ada"))
    assert info.sid == ada.room.local_participant.sid and [published.sid for published in info.tracks] == [track.sid]
    passed("participants are listed with their tracks")
    mute = api.MuteRoomTrackRequest(room=name, identity="ada", track_sid=track.sid, muted=True)
    assert (await service.mute_published_track(mute)).track.muted
    await ben.receives_event("track_muted", lambda who, publication: publication.sid == track.sid)
    mute.muted = False
    assert await refusal(service.mute_published_track(mute)) == (412, "failed_precondition")
    passed("a track is muted, and cannot be unmuted")
    permission = api.ParticipantPermission(can_subscribe=True, can_publish=False, can_publish_data=True)
    update = api.UpdateParticipantRequest(
        room=name, identity="ada", name="Dr. Ada", attributes={"ward": "3"}, permission=permission
    )
    info = await service.update_participant(update)
    assert (info.name, dict(info.attributes), info.permission.can_publish) == ("Dr. Ada", {"ward": "3"}, False)
    assert not info.tracks
    await ben.receives_event("participant_name_changed", lambda who, old, new: new == "Dr. Ada")
    passed("name, attributes and permissions are changed")
    subscriptions = api.UpdateSubscriptionsRequest(room=name, identity="ben", track_sids=["TR_none"], subscribe=True)
    await service.update_subscriptions(subscriptions)
    send = api.SendDataRequest(room=name, data=b"for ben", kind=0, destination_identities=["ben"], topic="t")
    await service.send_data(send)
    await service.send_data(api.SendDataRequest(room=name, data=b"for all", kind=0))
    for receiver in (ada, ben):
        await receiver.receives_event("data_received", lambda packet: packet.data == b"for all" and packet.participant is None)
    await ben.receives_event("data_received", lambda packet: packet.data == b"for ben" and packet.topic == "t")
    assert len(ada.received("data_received")) == 1
    passed("data reaches all participants or its destinations")
    update = api.UpdateRoomMetadataRequest(room=name, metadata="quiet, please")
    assert (await service.update_room_metadata(update)).metadata == "quiet, please"
    await ben.receives_event("room_metadata_changed")
    passed("room metadata reaches every participant")
    await service.remove_participant(api.RoomParticipantIdentity(room=name, identity="ada"))
    [[reason]] = await ada.receives_event("disconnected")
    assert reason == rtc.DisconnectReason.PARTICIPANT_REMOVED, reason
    await service.delete_room(api.DeleteRoomRequest(room=name))
    [[reason]] = await ben.receives_event("disconnected")
    assert reason == rtc.DisconnectReason.ROOM_DELETED, reason
    passed("a participant is removed, and a room is deleted")


async def refusals(service: RoomService, name: str):
    identity = api.RoomParticipantIdentity(room=name, identity="ada")
    assert await refusal(service.get_participant(identity)) == (404, "not_found")
    assert await refusal(service.remove_participant(identity)) == (404, "not_found")
    assert await refusal(service.delete_room(api.DeleteRoomRequest(room=name))) == (404, "not_found")
    assert await refusal(service.create_room(api.CreateRoomRequest(name="x" * 257))) == (400, "invalid_argument")
    move = api.MoveParticipantRequest(room=name, identity="ada", destination_room="elsewhere")
    assert await refusal(service.move_participant(move)) == (501, "unimplemented")
    for key, secret in ((KEY, "another secret"), ("nokey", SECRET)):
        async with api.LiveKitAPI(HTTP, key, secret) as foreign:
            assert await refusal(foreign.room.list_rooms(api.ListRoomsRequest())) == (401, "unauthenticated")
            created = foreign.room.create_room(api.CreateRoomRequest(name=name))
            assert await refusal(created) == (401, "unauthenticated")
    lister = api.AccessToken(KEY, SECRET).with_grants(api.VideoGrants(room_list=True))
    expired = lister.with_ttl(datetime.timedelta(hours=-1))
    assert await refusal(raw("ListRooms", expired.to_jwt())) == (401, "unauthenticated")
    joiner = api.AccessToken(KEY, SECRET).with_identity("ada").with_grants(api.VideoGrants(room_join=True, room=name))
    assert await refusal(raw("ListRooms", joiner.to_jwt())) == (401, "unauthenticated")
    assert await refusal(raw("ListRooms", None)) == (401, "unauthenticated")
    assert await refusal(raw("NoSuchMethod", None)) == (404, "bad_route")
    passed("every refusal has its code")


async def raw(method: str, token: str | None):
    """A request with this token or with none; the SDK would sign a suitable one."""
    import aiohttp

    headers = {"Content-Type": "application/protobuf"} | ({"Authorization": f"Bearer {token}"} if token else {})
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{HTTP}/twirp/livekit.RoomService/{method}", data=b"", headers=headers) as response:
            if response.status != 200:
                fault = await response.json()
                raise api.ServerError(fault["code"], fault["msg"], status=response.status)


async def main():
    name = f"ward-{uuid.uuid4()}"
    async with api.LiveKitAPI(HTTP, KEY, SECRET) as server:
        await rooms(server.room, name)
        ada, ben = [await Participant(URL, token(KEY, SECRET, name, identity), identity).join() for identity in ("ada", "ben")]
        await ada.knows("ben")
        await ben.knows("ada")
        await participants(server.room, name, ada, ben)
        await refusals(server.room, name)


asyncio.run(main())
