"""A session of three participants with LiveKit's Python SDK: media, data, RPC, streams, metadata, disconnects.

    python session_story.py [--older] [--sealed] ws://127.0.0.1:7880 [KEY SECRET]

With two peer connections (--older), with end-to-end encryption (--sealed), or both.
Prints one line for each passed check, and ends with the first that fails.
"""

import argparse
import asyncio
import math
import uuid

from livekit import api, rtc

from participant import TIMEOUT, Participant, passed, token

parser = argparse.ArgumentParser()
parser.add_argument("--older", action="store_true")
parser.add_argument("--sealed", action="store_true")
parser.add_argument("url")
parser.add_argument("key", nargs="?", default="devkey")
parser.add_argument("secret", nargs="?", default="secret")
ARGS = parser.parse_args()


def options(key: bytes = b"the key of these three") -> rtc.RoomOptions:
    encryption = rtc.E2EEOptions(key_provider_options=rtc.KeyProviderOptions(shared_key=key)) if ARGS.sealed else None
    return rtc.RoomOptions(single_peer_connection=not ARGS.older, encryption=encryption)


async def join(room: str, identity: str, how: rtc.RoomOptions | None = None, **grants) -> Participant:
    signed = token(ARGS.key, ARGS.secret, room, identity, **grants)
    return await Participant(ARGS.url, signed, identity).join(how or options())


async def send_tone(source: rtc.AudioSource, seconds: float):
    """A tone loud enough for an active speaker. `capture_frame` waits while the source's queue is full."""
    for n in range(int(seconds * 100)):
        frame = rtc.AudioFrame.create(48_000, 1, 480)
        for i in range(480):
            frame.data[i] = int(12_000 * math.sin(2 * math.pi * 440 * (n * 480 + i) / 48_000))
        await source.capture_frame(frame)


async def send_video(source: rtc.VideoSource, seconds: float):
    frame = rtc.VideoFrame(320, 240, rtc.VideoBufferType.RGBA, bytearray(b"\x40\x80\xc0\xff" * (320 * 240)))
    for _ in range(int(seconds * 15)):
        source.capture_frame(frame)
        await asyncio.sleep(1 / 15)  # the clock of the fake camera; no check waits for it


async def is_audible(track: rtc.Track):
    async for event in rtc.AudioStream(track):
        if max(abs(sample) for sample in event.frame.data) > 4_000:
            return


async def is_still(frames: rtc.VideoStream):
    """Until no frame has arrived for a second: fifteen were sent in it."""
    while True:
        try:
            await asyncio.wait_for(anext(frames), 1)
        except (TimeoutError, StopAsyncIteration):
            return


async def has_frames(track: rtc.Track, count: int):
    async for _ in rtc.VideoStream(track):
        count -= 1
        if count == 0:
            return


async def media(ada: Participant, ben: Participant):
    microphone, camera = rtc.AudioSource(48_000, 1), rtc.VideoSource(320, 240)
    audio = await ada.room.local_participant.publish_track(
        rtc.LocalAudioTrack.create_audio_track("mic", microphone),
        rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE),
    )
    video = await ada.room.local_participant.publish_track(
        rtc.LocalVideoTrack.create_video_track("cam", camera),
        rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA, simulcast=False),
    )
    encryption = rtc.EncryptionType.GCM if ARGS.sealed else rtc.EncryptionType.NONE
    assert audio.encryption_type == video.encryption_type == encryption, audio.encryption_type
    assert audio.sid.startswith("TR_AM") and video.sid.startswith("TR_VC")
    passed("microphone and camera are published")
    await asyncio.wait_for(asyncio.gather(audio.wait_for_subscription(), video.wait_for_subscription()), TIMEOUT)
    passed("the publisher is notified of subscriptions")
    tracks = {track.kind: track for track, *_ in await ben.receives_event("track_subscribed", count=2)}
    sending = [asyncio.create_task(send_tone(microphone, 60)), asyncio.create_task(send_video(camera, 60))]
    receiving = is_audible(tracks[rtc.TrackKind.KIND_AUDIO]), has_frames(tracks[rtc.TrackKind.KIND_VIDEO], 10)
    await asyncio.wait_for(asyncio.gather(*receiving), TIMEOUT)
    passed("audible audio and video frames arrive")
    await ben.receives_event("active_speakers_changed", lambda speakers: any(s.identity == "ada" for s in speakers))
    passed("the active speaker is reported")
    audio.track.mute()
    await ben.receives_event("track_muted", lambda who, publication: publication.sid == audio.sid)
    audio.track.unmute()
    await ben.receives_event("track_unmuted", lambda who, publication: publication.sid == audio.sid)
    passed("mute and unmute are reported")
    publication = ben.room.remote_participants["ada"].track_publications[video.sid]
    frames = rtc.VideoStream(tracks[rtc.TrackKind.KIND_VIDEO])
    publication.set_subscribed(False)
    await ben.receives_event("track_unsubscribed")
    # The SDK reports that at once, and sends its two requests from two tasks, in either order.
    await asyncio.wait_for(is_still(frames), TIMEOUT)
    publication.set_subscribed(True)
    await ben.receives_event("track_subscribed", count=3)
    passed("a subscription ends and starts again")
    for task in sending:
        task.cancel()
    await ada.room.local_participant.unpublish_track(video.sid)
    await ben.receives_event("track_unpublished", lambda publication, who: publication.sid == video.sid)
    passed("an unpublished track ends")


def carries(data: bytes):
    return lambda packet: packet.data == data


async def data_packets(ada: Participant, ben: Participant, cem: Participant):
    sender = ada.room.local_participant
    await sender.publish_data("to all", reliable=True, topic="t")
    await sender.publish_data("lossy", reliable=False)
    await sender.publish_data("to cem", destination_identities=["cem"])
    for receiver in (ben, cem):
        [[packet]] = await receiver.receives_event("data_received", carries(b"to all"))
        assert (packet.topic, packet.participant.identity) == ("t", "ada")
        await receiver.receives_event("data_received", carries(b"lossy"))
    await cem.receives_event("data_received", carries(b"to cem"))
    assert not ben.received("data_received", carries(b"to cem"))
    assert not ada.received("data_received")
    passed("data packets reach their destinations, never their sender")


async def rpc(ada: Participant, ben: Participant):
    caller = ada.room.local_participant

    @ben.room.local_participant.register_rpc_method("sum")
    async def total(data: rtc.RpcInvocationData) -> str:
        return str(sum(map(int, data.payload.split("+"))))

    assert await caller.perform_rpc(destination_identity="ben", method="sum", payload="1+2+39") == "42"
    try:
        await caller.perform_rpc(destination_identity="ben", method="none", payload="")
        raise AssertionError("an unknown method returned a result")
    except rtc.RpcError as error:
        assert error.code == rtc.RpcError.ErrorCode.UNSUPPORTED_METHOD, error.code
    passed("RPC returns the result or the error")


async def streams(ada: Participant, ben: Participant):
    texts, files = asyncio.Queue(), asyncio.Queue()

    async def read_text(reader):
        texts.put_nowait(await reader.read_all())

    async def read_file(reader):
        files.put_nowait(b"".join([chunk async for chunk in reader]))

    ben.room.register_text_stream_handler("text", lambda reader, who: asyncio.ensure_future(read_text(reader)))
    ben.room.register_byte_stream_handler("file", lambda reader, who: asyncio.ensure_future(read_file(reader)))
    text, file = "Grüße " * 20_000, bytes(range(250)) * 800
    await ada.room.local_participant.send_text(text, topic="text")
    writer = await ada.room.local_participant.stream_bytes("a file", topic="file", total_size=len(file))
    await writer.write(file)
    await writer.aclose()
    assert await asyncio.wait_for(texts.get(), TIMEOUT) == text
    assert await asyncio.wait_for(files.get(), TIMEOUT) == file
    passed("long texts and files arrive complete")


async def other_key(room: str, ada: Participant, ben: Participant):
    """A participant that the server admits, but that has another encryption key."""
    eve = await join(room, "eve", options(b"a key that she made up"))
    await ada.knows("eve")
    await eve.knows("ada")
    await ada.room.local_participant.publish_data("encrypted")
    await ben.receives_event("data_received", carries(b"encrypted"))
    # A later packet of the server, which is not encrypted, proves that eve received the first and could not read it.
    async with api.LiveKitAPI(ARGS.url.replace("ws", "http", 1), ARGS.key, ARGS.secret) as server:
        await server.room.send_data(api.SendDataRequest(room=room, data=b"not encrypted", kind=0))
    await eve.receives_event("data_received", carries(b"not encrypted"))
    assert not eve.received("data_received", carries(b"encrypted"))
    await eve.room.disconnect()
    passed("another key decrypts nothing")


async def attributes(ada: Participant, ben: Participant):
    local = ada.room.local_participant
    await local.set_metadata("about ada")
    await local.set_name("Ada Lovelace")
    await local.set_attributes({"mood": "fine"})
    await ben.receives_event("participant_metadata_changed", lambda who, old, new: new == "about ada")
    await ben.receives_event("participant_name_changed", lambda who, old, new: new == "Ada Lovelace")
    await ben.receives_event("participant_attributes_changed", lambda changed, who: changed == {"mood": "fine"})
    passed("changed name, metadata and attributes reach the others")


async def disconnects(room: str, ben: Participant, cem: Participant):
    second = await join(room, "cem")
    [[reason]] = await cem.receives_event("disconnected")
    assert reason == rtc.DisconnectReason.DUPLICATE_IDENTITY, reason
    passed("a second client replaces the first, which receives the reason")
    await second.room.disconnect()
    client_initiated = rtc.DisconnectReason.CLIENT_INITIATED
    await ben.receives_event(
        "participant_disconnected", lambda who: who.identity == "cem" and who.disconnect_reason == client_initiated
    )
    passed("the others receive a leave with its reason")


async def permissions(room: str, ada: Participant, ben: Participant):
    mute = await join(room, "mute", can_subscribe=False, can_publish=False, can_publish_data=False)
    await ben.knows("mute")
    await mute.room.local_participant.publish_data("not permitted")
    # No event reports a refused packet. So ben waits for what is sent after it: a change by the same participant, then
    # data by another one.
    await mute.room.local_participant.set_attributes({"sent": "yes"})
    await ben.receives_event("participant_attributes_changed", lambda changed, who: who.identity == "mute")
    await ada.room.local_participant.publish_data("permitted")
    await ben.receives_event("data_received", carries(b"permitted"))
    assert not ben.received("data_received", carries(b"not permitted"))
    assert not mute.received("track_subscribed")
    passed("missing permissions stop published data and subscriptions")
    await mute.room.disconnect()


async def invalid_token():
    try:
        await rtc.Room().connect(ARGS.url, "no token", options())
        raise AssertionError("joined with an invalid token")
    except rtc.ConnectError as error:
        assert "401" in str(error) or "nauthorized" in str(error) or "token" in str(error), error
    passed("an invalid token is refused with an error")


async def main():
    room = f"session-{uuid.uuid4()}"
    ada, ben, cem = [await join(room, identity) for identity in ("ada", "ben", "cem")]
    assert (await ada.room.sid).startswith("RM_")
    await ada.knows("ben", "cem")
    await ben.knows("ada", "cem")
    await cem.knows("ada", "ben")
    assert ben.room.remote_participants["ada"].name == "Ada"
    passed("three participants join and know each other")
    await media(ada, ben)
    await data_packets(ada, ben, cem)
    await rpc(ada, ben)
    await streams(ada, ben)
    await attributes(ada, ben)
    if ARGS.sealed:
        await other_key(room, ada, ben)
    await disconnects(room, ben, cem)
    await permissions(room, ada, ben)
    for participant in (ada, ben):
        await participant.room.disconnect()
    await invalid_token()


asyncio.run(main())
