// LiveKit's own clients cannot tell our server from LiveKit's: one session, played on both, is told alike.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser } from "../../harness/livekit/chromium.mjs";
import { PATHS } from "../../harness/livekit/signal-paths.mjs";
import { ours, theirs } from "../../harness/livekit/servers.mjs";
import { differences } from "./diff.mjs";
import { asWeDo } from "./intended-differences.mjs";
import { record } from "./record.mjs";

after(closeBrowser);

for (const { path, singlePeerConnection } of PATHS) {
  test(`a session is told alike by both servers (${path})`, async (t) => {
    const [expected, actual] = [await record(theirs, singlePeerConnection), await record(ours, singlePeerConnection)];
    assert.deepEqual(Object.keys(actual), Object.keys(expected));
    for (const [who, lines] of Object.entries(expected)) {
      await t.test(`${who} is told the same`, () => {
        assert.ok(lines.length > 4, `nothing to compare: ${lines}`);
        const found = differences(asWeDo(lines), actual[who]);
        assert.ok(found === "", `- theirs, + ours:\n${found}`);
      });
    }
  });
}
