// Status updates of a consultation over server-sent events (SSE), with polling as the fallback where a proxy buffers
// the stream. A guest in the waiting room must receive the start of the consultation on any network.

import type { ConsultationClient } from "./consultation-client.ts";
import { readStanding, type Standing } from "./standing.ts";

export interface StatusStream {
  /** Poll and reopen now: the page became visible, or the network is back. */
  refresh(): void;
  stop(): void;
}

/** The part of EventSource that is used, so that tests can replace it. */
export interface EventStream {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void;
  close(): void;
}

export interface StreamEnvironment {
  open(url: string): EventStream;
  setTimer(ms: number, callback: () => void): () => void;
}

const browserEnvironment: StreamEnvironment = {
  open: (url) => new EventSource(url) as unknown as EventStream,
  setTimer: (ms, callback) => {
    const timer = setTimeout(callback, ms);
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

  /** Polls until the first event of the stream arrives. */
  const pollUntilStream = (after: number): void => {
    cancelPoll();
    cancelPoll = environment.setTimer(after, () => {
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
      // EventSource reconnects by itself after a network error, but not after an HTTP error such as 503.
      if (opened.readyState === CLOSED) cancelReopen = environment.setTimer(REOPEN_DELAY_MS, open);
    });
  };

  open();
  return {
    refresh() {
      if (stopped) return;
      poll();
      open(); // after sleep a stream may look open although its connection is dead
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
    return undefined; // not a standing this version can read: ignore it and wait for the next event
  }
}
