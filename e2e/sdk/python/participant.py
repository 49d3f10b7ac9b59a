"""A participant with LiveKit's client for Python, and waiting for its events."""

import asyncio

from livekit import api, rtc

TIMEOUT = 15
"""Seconds until an event counts as missing. No statement about how long it may take."""

EVENTS = (
    "participant_connected", "participant_disconnected", "track_published", "track_unpublished", "track_subscribed",
    "track_unsubscribed", "track_muted", "track_unmuted", "data_received", "disconnected", "reconnecting",
    "reconnected", "participant_metadata_changed", "participant_name_changed", "participant_attributes_changed",
    "active_speakers_changed", "local_track_subscribed", "connection_quality_changed", "room_metadata_changed",
)


class Participant:
    """One SDK client; `events` are those of its room so far, as `(name, *arguments)`."""

    def __init__(self, url: str, token: str, identity: str):
        self.url, self.token, self.identity = url, token, identity
        self.room = rtc.Room()
        self.events: list[tuple] = []
        self._changed = asyncio.Event()
        for name in EVENTS:
            self.room.on(name, lambda *args, name=name: self._record(name, *args))

    def _record(self, name: str, *args):
        self.events.append((name, *args))
        self._changed.set()

    async def join(self, options: rtc.RoomOptions | None = None):
        await asyncio.wait_for(self.room.connect(self.url, self.token, options or rtc.RoomOptions()), TIMEOUT)
        return self

    def received(self, event: str, matches=lambda *args: True) -> list[list]:
        """The arguments of all events of this name so far."""
        return [args for name, *args in self.events if name == event and matches(*args)]

    async def receives_event(self, event: str, matches=lambda *args: True, count: int = 1) -> list[list]:
        """Waits until this many of these events have been received."""
        await self.until(f"receives {count} of {event}", lambda: len(self.received(event, matches)) >= count)
        return self.received(event, matches)

    async def knows(self, *identities: str):
        """Waits until these participants are in its room."""
        await self.until(f"knows {', '.join(identities)}", lambda: all(who in self.room.remote_participants for who in identities))

    async def until(self, expected: str, holds):
        """Waits until this holds; looks again after each event of the room."""
        try:
            async with asyncio.timeout(TIMEOUT):
                while not holds():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"not within {TIMEOUT} s: {self.identity} {expected}") from None


def token(key: str, secret: str, room: str, identity: str, **grants) -> str:
    video = api.VideoGrants(room_join=True, room=room, can_update_own_metadata=True, **grants)
    return api.AccessToken(key, secret).with_identity(identity).with_name(identity.title()).with_grants(video).to_jwt()


def passed(promise: str):
    """xtask counts these lines."""
    print("ok", promise, flush=True)
