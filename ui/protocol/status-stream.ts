// Follows a consultation as it changes. Server-sent events first; where something in between swallows them
// (old proxies hold a stream back until it ends), it asks every few seconds instead. A person in a waiting
// room must learn that their host has started, whatever their network does.

import type { ConsultationClient } from "./consultation-client.ts";
import { readStanding, type Standing } from "./standing.ts";

export interface StatusStream {
  /** Look now: the page came back to the front, or the network came back. */
  refresh(): void;
  stop(): void;
}

/** What of EventSource is used, so that a test can stand in for it. */
export interface EventStream {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void;
  close(): void;
}

export interface StreamEnvironment {
  open(url: string): EventStream;
  later(ms: number, then: () => void): () => void;
}

const browserEnvironment: StreamEnvironment = {
  open: (url) => new EventSource(url) as unknown as EventStream,
  later: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

const FIRST_EVENT_TIMEOUT_MS = 4_000;
const POLL_INTERVAL_MS = 5_000;
const REOPEN_DELAY_MS = 3_000;
const CLOSED = 2;

export function openStatusStream(
  consultation: ConsultationClient,
  listener: { standing(standing: Standing): void; connected(up: boolean): void },
  environment: StreamEnvironment = browserEnvironment,
): StatusStream {
  let source: EventStream | undefined;
  let stopped = false;
  let cancelPoll = () => {};
  let cancelReopen = () => {};

  const receive = (standing: Standing): void => {
    if (stopped) return;
    listener.connected(true);
    listener.standing(standing);
  };

  const poll = (): void => {
    consultation.state().then(receive, () => !stopped && listener.connected(false));
  };

  /** Until the stream speaks, ask; it stops by itself at the stream's first word. */
  const pollUntilStream = (after: number): void => {
    cancelPoll();
    cancelPoll = environment.later(after, () => {
      poll();
      pollUntilStream(POLL_INTERVAL_MS);
    });
  };

  const open = (): void => {
    cancelReopen();
    source?.close();
    const opened = environment.open(`${consultation.base}/live`);
    source = opened;
    pollUntilStream(FIRST_EVENT_TIMEOUT_MS);
    opened.addEventListener("standing", (event) => {
      if (opened !== source) return;
      cancelPoll();
      const standing = parse(event.data);
      if (standing) receive(standing);
    });
    opened.addEventListener("error", () => {
      if (opened !== source || stopped) return;
      pollUntilStream(0);
      // The browser comes back by itself after a broken line, but not after an answer such as 503.
      if (opened.readyState === CLOSED) cancelReopen = environment.later(REOPEN_DELAY_MS, open);
    });
  };

  open();
  return {
    refresh() {
      if (stopped) return;
      poll();
      open(); // a phone that slept may hold a stream that looks open and is long dead
    },
    stop() {
      stopped = true;
      cancelPoll();
      cancelReopen();
      source?.close();
    },
  };
}

function parse(data: unknown): Standing | undefined {
  try {
    return readStanding(JSON.parse(String(data)));
  } catch {
    return undefined; // a newer server may say things we do not know; the next word will do
  }
}
