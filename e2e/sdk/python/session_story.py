"""A session with LiveKit's own Python SDK: everything two people say to each other through the server.

    python session_story.py [--older] [--sealed] ws://127.0.0.1:7880 [KEY SECRET]

With two connections (--older), with everything encrypted from end to end (--sealed), or both.
Prints one line for each promise kept and ends with the first that is not.
"""

import argparse
import asyncio
import time
import uuid

from livekit import api, rtc

words = argparse.ArgumentParser()
words.add_argument("--older", action="store_true")
words.add_argument("--sealed", action="store_true")
words.add_argument("url")
words.add_argument("key", nargs="?", default="devkey")
words.add_argument("secret", nargs="?", default="secret")
given = words.parse_args()
URL, KEY, SECRET = given.url, given.key, given.secret
PATIENCE = 15


def options(key: bytes = b"the key of these three") -> rtc.RoomOptions:
    sealed = rtc.E2EEOptions(key_provider_options=rtc.KeyProviderOptions(shared_key=key)) if given.sealed else None
    return rtc.RoomOptions(single_peer_connection=not given.older, encryption=sealed)


def token(room: str, identity: str, **grants) -> str:
    video = api.VideoGrants(room_join=True, room=room, can_update_own_metadata=True, **grants)
    return api.AccessToken(KEY, SECRET).with_identity(identity).with_name(identity.title()).with_grants(video).to_jwt()


class Person:
    """One SDK client, and everything its room told it."""

    def __init__(self, room: str, identity: str, **grants):
        self.token = token(room, identity, **grants)
        self.identity = identity
        self.room = rtc.Room()
        self.told: list[tuple] = []
        for event in (
            "participant_connected", "participant_disconnected", "track_published", "track_unpublished",
            "track_subscribed", "track_unsubscribed", "track_muted", "track_unmuted", "data_received", "disconnected",
            "reconnecting", "reconnected", "participant_metadata_changed", "participant_name_changed",
            "participant_attributes_changed", "active_speakers_changed", "local_track_subscribed",
            "connection_quality_changed",
        ):
            self.room.on(event, lambda *args, event=event: self.told.append((event, *args)))

    async def joins(self, how: rtc.RoomOptions | None = None):
        await asyncio.wait_for(self.room.connect(URL, self.token, how or options()), PATIENCE)
        return self

    def heard(self, event: str, holds=lambda *args: True):
        return [args for kind, *args in self.told if kind == event and holds(*args)]

    async def hears(self, event: str, holds=lambda *args: True):
        return await so(f"{self.identity} hears {event}", lambda: self.heard(event, holds))


async def so(what: str, is_so):
    limit = time.monotonic() + PATIENCE
    while not (answer := is_so()):
        if time.monotonic() > limit:
            raise AssertionError(f"not so within {PATIENCE} s: {what}")
        await asyncio.sleep(0.02)
    return answer


def kept(promise: str):
    print("ok", promise, flush=True)


async def tone(source: rtc.AudioSource, seconds: float):
    """A tone, so that somebody is speaking."""
    import math
    for n in range(int(seconds * 100)):
        frame = rtc.AudioFrame.create(48_000, 1, 480)
        for i in range(480):
            frame.data[i] = int(12_000 * math.sin(2 * math.pi * 440 * (n * 480 + i) / 48_000))
        await source.capture_frame(frame)


async def pictures(source: rtc.VideoSource, seconds: float):
    frame = rtc.VideoFrame(320, 240, rtc.VideoBufferType.RGBA, bytearray(b"\x40\x80\xc0\xff" * (320 * 240)))
    for _ in range(int(seconds * 15)):
        source.capture_frame(frame)
        await asyncio.sleep(1 / 15)


async def media(ada: Person, ben: Person):
    microphone, camera = rtc.AudioSource(48_000, 1), rtc.VideoSource(320, 240)
    audio = await ada.room.local_participant.publish_track(
        rtc.LocalAudioTrack.create_audio_track("mic", microphone),
        rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE),
    )
    video = await ada.room.local_participant.publish_track(
        rtc.LocalVideoTrack.create_video_track("cam", camera),
        rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA, simulcast=False),
    )
    sealed = rtc.EncryptionType.GCM if given.sealed else rtc.EncryptionType.NONE
    assert audio.encryption_type == video.encryption_type == sealed, audio.encryption_type
    assert audio.sid.startswith("TR_AM") and video.sid.startswith("TR_VC")
    kept("a microphone and a camera are published")
    await asyncio.wait_for(asyncio.gather(audio.wait_for_subscription(), video.wait_for_subscription()), PATIENCE)
    kept("the publisher is told that somebody subscribed")
    tracks = {args[0].kind: args[0] for args in await so("both subscribed", lambda: len(ben.heard("track_subscribed")) == 2 and ben.heard("track_subscribed"))}
    sending = [asyncio.create_task(tone(microphone, 8)), asyncio.create_task(pictures(camera, 8))]
    loudest, seen = 0, 0
    stream = rtc.AudioStream(tracks[rtc.TrackKind.KIND_AUDIO])
    async def listen():
        nonlocal loudest
        async for event in stream:
            loudest = max(loudest, max(abs(sample) for sample in event.frame.data))
            if loudest > 4_000:
                return
    async def watch():
        nonlocal seen
        async for _ in rtc.VideoStream(tracks[rtc.TrackKind.KIND_VIDEO]):
            seen += 1
            if seen > 10:
                return
    await asyncio.wait_for(asyncio.gather(listen(), watch()), PATIENCE)
    kept("sound is heard and pictures are seen")
    await ben.hears("active_speakers_changed", lambda speakers: any(s.identity == "ada" for s in speakers))
    kept("who speaks is told")
    track = audio.track
    track.mute()
    await ben.hears("track_muted", lambda who, publication: publication.sid == audio.sid)
    track.unmute()
    await ben.hears("track_unmuted", lambda who, publication: publication.sid == audio.sid)
    kept("muting and unmuting are told")
    publication = ben.room.remote_participants["ada"].track_publications[video.sid]
    publication.set_subscribed(False)
    await ben.hears("track_unsubscribed")
    publication.set_subscribed(True)
    await so("subscribed again", lambda: len(ben.heard("track_subscribed")) == 3)
    kept("a subscription is given up and taken up again")
    for task in sending:
        task.cancel()
    await ada.room.local_participant.unpublish_track(video.sid)
    await ben.hears("track_unpublished", lambda publication, who: publication.sid == video.sid)
    kept("an unpublished track is gone")


async def words(ada: Person, ben: Person, cem: Person):
    here = ada.room.local_participant
    await here.publish_data("to all", reliable=True, topic="t")
    await here.publish_data("lossy", reliable=False)
    await here.publish_data("to cem", destination_identities=["cem"])
    for one in (ben, cem):
        await one.hears("data_received", lambda packet: packet.data == b"to all" and packet.topic == "t" and packet.participant.identity == "ada")
        await one.hears("data_received", lambda packet: packet.data == b"lossy")
    await cem.hears("data_received", lambda packet: packet.data == b"to cem")
    assert not ben.heard("data_received", lambda packet: packet.data == b"to cem")
    assert not ada.heard("data_received")
    kept("data packets reach those they are for, reliably or not, and never their sender")

    @ben.room.local_participant.register_rpc_method("sum")
    async def total(data: rtc.RpcInvocationData) -> str:
        return str(sum(map(int, data.payload.split("+"))))

    assert await here.perform_rpc(destination_identity="ben", method="sum", payload="1+2+39") == "42"
    try:
        await here.perform_rpc(destination_identity="ben", method="none", payload="")
        raise AssertionError("a method that is not there answered")
    except rtc.RpcError as error:
        assert error.code == rtc.RpcError.ErrorCode.UNSUPPORTED_METHOD, error.code
    kept("remote calls are answered, with a result and with an error")

    texts, files = [], []
    async def read(reader, into):
        into.append(await reader.read_all())
    async def read_bytes(reader, into):
        into.append(b"".join([chunk async for chunk in reader]))
    ben.room.register_text_stream_handler("text", lambda reader, who: asyncio.ensure_future(read(reader, texts)))
    ben.room.register_byte_stream_handler("file", lambda reader, who: asyncio.ensure_future(read_bytes(reader, files)))
    long = "Grüße " * 20_000
    await here.send_text(long, topic="text")
    writer = await here.stream_bytes("a file", topic="file", total_size=200_000)
    await writer.write(bytes(range(250)) * 800)
    await writer.aclose()
    await so("the text arrived", lambda: texts == [long])
    await so("the file arrived", lambda: files == [bytes(range(250)) * 800])
    kept("long texts and files pass in streams")


async def strangers(room: str, ada: Person, ben: Person):
    """Somebody whom the server lets in, but who has another key."""
    eve = await Person(room, "eve").joins(options(b"a key that she made up"))
    await so("they see each other", lambda: "eve" in ada.room.remote_participants and eve.room.remote_participants)
    await ada.room.local_participant.publish_data("for those with the key")
    await ben.hears("data_received", lambda packet: packet.data == b"for those with the key")
    # By now she has received it as well; the same again in words that need no key proves it.
    async with api.LiveKitAPI(URL.replace("ws", "http", 1), KEY, SECRET) as server:
        open_words = api.SendDataRequest(room=room, data=b"for everybody", kind=0)
        await server.room.send_data(open_words)
    await eve.hears("data_received", lambda packet: packet.data == b"for everybody")
    assert not eve.heard("data_received", lambda packet: packet.data == b"for those with the key")
    await eve.room.disconnect()
    kept("whoever has another key reads nothing")


async def facts(ada: Person, ben: Person):
    here = ada.room.local_participant
    await here.set_metadata("about ada")
    await here.set_name("Ada Lovelace")
    await here.set_attributes({"mood": "fine"})
    await ben.hears("participant_metadata_changed", lambda who, old, new: new == "about ada")
    await ben.hears("participant_name_changed", lambda who, old, new: new == "Ada Lovelace")
    await ben.hears("participant_attributes_changed", lambda changed, who: changed == {"mood": "fine"})
    kept("a participant changes their name, metadata and attributes")


async def ends(room: str, ada: Person, ben: Person, cem: Person):
    again = await Person(room, "cem").joins()
    [[reason]] = await cem.hears("disconnected")
    assert reason == rtc.DisconnectReason.DUPLICATE_IDENTITY, reason
    kept("a second device takes the place of the first, which is told why")
    await again.room.disconnect()
    await ben.hears("participant_disconnected", lambda who: who.identity == "cem" and who.disconnect_reason == rtc.DisconnectReason.CLIENT_INITIATED)
    kept("whoever leaves is said to have left")
    listener = await Person(room, "deaf", can_subscribe=False, can_publish=False, can_publish_data=False).joins()
    await so("deaf is there", lambda: "deaf" in ben.room.remote_participants)
    await listener.room.local_participant.publish_data("may not")
    await asyncio.sleep(0.5)
    assert not ben.heard("data_received", lambda packet: packet.data == b"may not")
    assert not listener.heard("track_subscribed")
    kept("who may neither hear nor speak does neither")
    await listener.room.disconnect()
    for one in (ada, ben):
        await one.room.disconnect()


async def main():
    room = f"session-{uuid.uuid4()}"
    ada, ben, cem = [await Person(room, identity).joins() for identity in ("ada", "ben", "cem")]
    assert (await ada.room.sid).startswith("RM_")
    await so("all see each other", lambda: all(len(one.room.remote_participants) == 2 for one in (ada, ben, cem)))
    assert ben.room.remote_participants["ada"].name == "Ada"
    kept("three people join and see each other")
    await media(ada, ben)
    await words(ada, ben, cem)
    await facts(ada, ben)
    if given.sealed:
        await strangers(room, ada, ben)
    await ends(room, ada, ben, cem)
    try:
        await rtc.Room().connect(URL, "no token", options())
        raise AssertionError("no token opened the door")
    except rtc.ConnectError as error:
        assert "401" in str(error) or "nauthorized" in str(error) or "token" in str(error), error
    kept("no token opens no door, and says so")


asyncio.run(main())
