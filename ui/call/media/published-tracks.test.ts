// What is published again, and what that must not do twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Room } from "livekit-client";
import type { Capture } from "./capture.ts";
import { PublishedTracks } from "./published-tracks.ts";

/** A room whose camera is published, and takes its time to unpublish. */
function slowRoom(): { room: Room; unpublished: unknown[]; finish(): void } {
  const unpublished: unknown[] = [];
  let finish = (): void => undefined;
  const localParticipant = {
    getTrackPublication: () => ({ track: "camera", mute: async () => undefined }),
    unpublishTrack: (track: unknown) => {
      unpublished.push(track);
      return new Promise<void>((resolve) => (finish = resolve));
    },
  };
  return { room: { localParticipant } as unknown as Room, unpublished, finish: () => finish() };
}

test("a track that is being published again is not published again beside", async () => {
  const { room, unpublished, finish } = slowRoom();
  const capture = { track: () => undefined, isEnabled: () => false } as unknown as Capture;
  const published = new PublishedTracks(room, capture);
  const [first, second] = [published.republish("camera"), published.republish("camera")];
  await second;
  assert.equal(unpublished.length, 1);
  finish();
  await first;
  const third = published.republish("camera");
  assert.equal(unpublished.length, 2, "the next time it is");
  finish();
  await third;
});
