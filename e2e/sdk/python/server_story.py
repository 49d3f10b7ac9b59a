"""LiveKit's own Python server SDK, which speaks protobuf, against the server API: every method, and every no.

    python server_story.py ws://127.0.0.1:7880 [KEY SECRET]

Prints one line for each promise kept and ends with the first that is not.
"""

import asyncio
import datetime
import sys
import time
import uuid

from livekit import api, rtc
from livekit.api.room_service import RoomService

URL = sys.argv[1]
KEY, SECRET = sys.argv[2:4] if len(sys.argv) > 3 else ("devkey", "secret")
HTTP = URL.replace("ws", "http", 1)
PATIENCE = 15


def kept(promise: str):
    print("ok", promise, flush=True)


async def so(what: str, is_so):
    limit = time.monotonic() + PATIENCE
    while not (answer := is_so()):
        if time.monotonic() > limit:
            raise AssertionError(f"not so within {PATIENCE} s: {what}")
        await asyncio.sleep(0.02)
    return answer


async def refusal(asked) -> tuple[int, str]:
    try:
        await asked
    except api.ServerError as error:
        return error.status, error.code
    raise AssertionError("it was granted")


class Person:
    def __init__(self, room: str, identity: str):
        grants = api.VideoGrants(room_join=True, room=room)
        self.token = api.AccessToken(KEY, SECRET).with_identity(identity).with_grants(grants).to_jwt()
        self.identity, self.room, self.told = identity, rtc.Room(), []
        for event in (
            "data_received", "disconnected", "participant_name_changed", "room_metadata_changed", "track_muted",
            "track_published",
        ):
            self.room.on(event, lambda *args, event=event: self.told.append((event, *args)))

    async def joins(self):
        await asyncio.wait_for(self.room.connect(URL, self.token), PATIENCE)
        return self

    async def hears(self, event: str, holds=lambda *args: True):
        heard = lambda: [args for kind, *args in self.told if kind == event and holds(*args)]
        return await so(f"{self.identity} hears {event}", heard)


async def rooms(service: RoomService, name: str):
    plan = api.CreateRoomRequest(
        name=name, empty_timeout=600, departure_timeout=30, max_participants=4, metadata="floor 2"
    )
    made = await service.create_room(plan)
    assert made.sid.startswith("RM_")
    assert (made.empty_timeout, made.departure_timeout, made.max_participants) == (600, 30, 4)
    again = await service.create_room(api.CreateRoomRequest(name=name, empty_timeout=1))
    assert (again.sid, again.empty_timeout, again.metadata) == (made.sid, 600, "floor 2")
    listed = await service.list_rooms(api.ListRoomsRequest(names=[name, "nowhere"]))
    assert [room.sid for room in listed.rooms] == [made.sid]
    assert name in [room.name for room in (await service.list_rooms(api.ListRoomsRequest())).rooms]
    kept("a room is made once and found")


async def people(service: RoomService, name: str, ada: Person, ben: Person):
    source = rtc.AudioSource(48_000, 1)
    track = await ada.room.local_participant.publish_track(
        rtc.LocalAudioTrack.create_audio_track("mic", source),
        rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE),
    )
    # Acknowledged is not yet announced: that is once it can be received.
    await ben.hears("track_published", lambda publication, who: publication.sid == track.sid)
    listed = await service.list_participants(api.ListParticipantsRequest(room=name))
    assert sorted(one.identity for one in listed.participants) == ["ada", "ben"]
    face = await service.get_participant(api.RoomParticipantIdentity(room=name, identity="ada"))
    assert face.sid == ada.room.local_participant.sid and [one.sid for one in face.tracks] == [track.sid]
    kept("who is in is listed, with what they send")
    mute = api.MuteRoomTrackRequest(room=name, identity="ada", track_sid=track.sid, muted=True)
    assert (await service.mute_published_track(mute)).track.muted
    await ben.hears("track_muted", lambda who, publication: publication.sid == track.sid)
    mute.muted = False
    assert await refusal(service.mute_published_track(mute)) == (412, "failed_precondition")
    kept("a track is muted, and never unmuted")
    permission = api.ParticipantPermission(can_subscribe=True, can_publish=False, can_publish_data=True)
    update = api.UpdateParticipantRequest(
        room=name, identity="ada", name="Dr. Ada", attributes={"ward": "3"}, permission=permission
    )
    face = await service.update_participant(update)
    assert (face.name, dict(face.attributes), face.permission.can_publish) == ("Dr. Ada", {"ward": "3"}, False)
    assert not face.tracks
    await ben.hears("participant_name_changed", lambda who, old, new: new == "Dr. Ada")
    kept("what is said about somebody changes, and what they may do")
    subscriptions = api.UpdateSubscriptionsRequest(room=name, identity="ben", track_sids=["TR_none"], subscribe=True)
    await service.update_subscriptions(subscriptions)
    send = api.SendDataRequest(room=name, data=b"for ben", kind=0, destination_identities=["ben"], topic="t")
    await service.send_data(send)
    await service.send_data(api.SendDataRequest(room=name, data=b"for all", kind=0))
    for one in (ada, ben):
        await one.hears("data_received", lambda packet: packet.data == b"for all" and packet.participant is None)
    await ben.hears("data_received", lambda packet: packet.data == b"for ben" and packet.topic == "t")
    assert len([1 for event, *_ in ada.told if event == "data_received"]) == 1
    kept("data reaches all, or those it is for")
    update = api.UpdateRoomMetadataRequest(room=name, metadata="quiet, please")
    assert (await service.update_room_metadata(update)).metadata == "quiet, please"
    await ben.hears("room_metadata_changed")
    kept("the words about the room reach everybody")
    await service.remove_participant(api.RoomParticipantIdentity(room=name, identity="ada"))
    [[reason]] = await ada.hears("disconnected")
    assert reason == rtc.DisconnectReason.PARTICIPANT_REMOVED, reason
    await service.delete_room(api.DeleteRoomRequest(room=name))
    [[reason]] = await ben.hears("disconnected")
    assert reason == rtc.DisconnectReason.ROOM_DELETED, reason
    kept("people are removed, and a room is ended")


async def refusals(service: RoomService, name: str):
    who = api.RoomParticipantIdentity(room=name, identity="ada")
    assert await refusal(service.get_participant(who)) == (404, "not_found")
    assert await refusal(service.remove_participant(who)) == (404, "not_found")
    assert await refusal(service.delete_room(api.DeleteRoomRequest(room=name))) == (404, "not_found")
    assert await refusal(service.create_room(api.CreateRoomRequest(name="x" * 257))) == (400, "invalid_argument")
    move = api.MoveParticipantRequest(room=name, identity="ada", destination_room="elsewhere")
    assert await refusal(service.move_participant(move)) == (501, "unimplemented")
    for key, secret in ((KEY, "another secret"), ("nokey", SECRET)):
        async with api.LiveKitAPI(HTTP, key, secret) as stranger:
            assert await refusal(stranger.room.list_rooms(api.ListRoomsRequest())) == (401, "unauthenticated")
            created = stranger.room.create_room(api.CreateRoomRequest(name=name))
            assert await refusal(created) == (401, "unauthenticated")
    lister = api.AccessToken(KEY, SECRET).with_grants(api.VideoGrants(room_list=True))
    expired = lister.with_ttl(datetime.timedelta(hours=-1))
    assert await refusal(raw("ListRooms", expired.to_jwt())) == (401, "unauthenticated")
    joiner = api.AccessToken(KEY, SECRET).with_identity("ada").with_grants(api.VideoGrants(room_join=True, room=name))
    assert await refusal(raw("ListRooms", joiner.to_jwt())) == (401, "unauthenticated")
    assert await refusal(raw("ListRooms", None)) == (401, "unauthenticated")
    assert await refusal(raw("NoSuchMethod", None)) == (404, "bad_route")
    kept("every no has its name")


async def raw(method: str, token: str | None):
    """The SDK signs a fitting token for each request; this sends another, or none."""
    import aiohttp

    headers = {"Content-Type": "application/protobuf"} | ({"Authorization": f"Bearer {token}"} if token else {})
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{HTTP}/twirp/livekit.RoomService/{method}", data=b"", headers=headers) as answer:
            if answer.status != 200:
                fault = await answer.json()
                raise api.ServerError(fault["code"], fault["msg"], status=answer.status)


async def main():
    name = f"ward-{uuid.uuid4()}"
    async with api.LiveKitAPI(HTTP, KEY, SECRET) as server:
        await rooms(server.room, name)
        ada, ben = [await Person(name, identity).joins() for identity in ("ada", "ben")]
        await so("both see each other", lambda: ada.room.remote_participants and ben.room.remote_participants)
        await people(server.room, name, ada, ben)
        await refusals(server.room, name)


asyncio.run(main())
