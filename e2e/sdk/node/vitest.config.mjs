// Runs the tests that `@livekit/rtc-node` contains, unmodified, against the server in LIVEKIT_URL, LIVEKIT_API_KEY and
// LIVEKIT_API_SECRET. Without these the tests would skip themselves, so a missing one is an error.
for (const name of ["LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"]) {
  if (!process.env[name]) throw new Error(`${name} is missing`);
}

export default {
  test: {
    dir: "node_modules/@livekit/rtc-node/src/tests",
    include: ["**/*.test.ts"],
    exclude: [],
    fileParallelism: false,
    // Each test waits at most ten seconds. Two busy cores cannot connect fifteen rooms at once in that time, on LiveKit's
    // own server either. One after the other takes no longer in total.
    maxConcurrency: 1,
  },
};
