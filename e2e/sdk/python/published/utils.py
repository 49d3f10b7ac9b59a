"""The module `utils` that the tests of LiveKit's Python SDK import. Their source distribution lacks it; this one is ours.

LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET name the server. Without them the tests fail instead of being skipped.
"""

import asyncio
import os
import uuid

import pytest
from livekit import api, rtc

TIMEOUT = 20
"""Seconds until an event counts as missing. No statement about how long it may take."""


def skip_if_no_credentials():
    """Skips nothing."""
    return pytest.mark.filterwarnings("default")


def unique_room_name(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4()}"


def create_token(identity: str, room: str) -> str:
    signer = api.AccessToken(os.environ["LIVEKIT_API_KEY"], os.environ["LIVEKIT_API_SECRET"])
    grants = api.VideoGrants(room_join=True, room=room)
    return signer.with_identity(identity).with_name(identity).with_grants(grants).to_jwt()


def expect_room_event(room: rtc.Room, event: str, predicate=lambda *args: True) -> asyncio.Future:
    """A future with the arguments of the next event of this name that matches."""
    happened = asyncio.get_running_loop().create_future()

    def check(*args):
        if not happened.done() and predicate(*args):
            happened.set_result(args)
            room.off(event, check)

    room.on(event, check)
    return happened


async def await_event(event: asyncio.Future):
    return await asyncio.wait_for(event, TIMEOUT)


async def until(room: rtc.Room, event: str, holds):
    """Waits until this holds; looks again after each event of this name."""
    changed = asyncio.Event()
    room.on(event, wake := lambda *_: changed.set())
    try:
        async with asyncio.timeout(TIMEOUT):
            while not (found := holds()):
                changed.clear()
                await changed.wait()
            return found
    finally:
        room.off(event, wake)


async def ensure_rooms_all_connected(rooms: list[rtc.Room]):
    """Every participant sees all others."""
    everyone = {room.local_participant.identity for room in rooms}
    for room in rooms:
        others = everyone - {room.local_participant.identity}
        await until(room, "participant_connected", lambda: others <= room.remote_participants.keys())


async def ensure_track_subscribed(room: rtc.Room, sid: str) -> rtc.RemoteTrackPublication:
    def subscribed():
        publications = (one.track_publications.get(sid) for one in room.remote_participants.values())
        return next((found for found in publications if found is not None and found.track is not None), None)

    return await until(room, "track_subscribed", subscribed)
