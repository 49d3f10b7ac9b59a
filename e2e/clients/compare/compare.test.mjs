// LiveKit's clients see no difference between our server and LiveKit's: one session is played on both, and what clients,
// webhooks and server API report is compared.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeChromium } from "../../harness/chromium.mjs";
import { startLiveKitServer, startMediaServer } from "../../harness/livekit/media-server.mjs";
import { SIGNAL_PATHS } from "../../harness/livekit/signal-paths.mjs";
import { differences } from "./diff.mjs";
import { withoutIntended } from "./intended-differences.mjs";
import { record } from "./record.mjs";

after(closeChromium);

for (const { path, singlePeerConnection } of SIGNAL_PATHS) {
  test(`both servers report the same session (${path})`, async (t) => {
    const expected = await record(startLiveKitServer, singlePeerConnection);
    const actual = await record(startMediaServer, singlePeerConnection);
    assert.deepEqual(Object.keys(actual), Object.keys(expected));
    for (const [source, lines] of Object.entries(expected)) {
      await t.test(`${source} report the same`, () => {
        assert.ok(lines.length > 4, `nothing to compare: ${lines}`);
        const found = differences(withoutIntended(lines), actual[source]);
        assert.ok(found === "", `- LiveKit's, + ours:\n${found}`);
      });
    }
  });
}
