// What functions see that `LiveKitClient.evaluate` runs in the page: see clients/page/client.mjs.
declare const client: any;
declare const LiveKit: typeof import("livekit-client");
