// The tests that `@livekit/rtc-node` publishes with itself, as they are, against the server that LIVEKIT_URL,
// LIVEKIT_API_KEY and LIVEKIT_API_SECRET name. They skip themselves without these, so we insist.
for (const name of ["LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"]) {
  if (!process.env[name]) throw new Error(`${name} is missing`);
}

export default {
  test: {
    dir: "node_modules/@livekit/rtc-node/src/tests",
    include: ["**/*.test.ts"],
    exclude: [],
    fileParallelism: false,
    // Each waits ten seconds and no longer; fifteen rooms at once are more than two busy cores connect in that time, on
    // LiveKit's own server neither. One after the other takes no longer in all.
    maxConcurrency: 1,
  },
};
