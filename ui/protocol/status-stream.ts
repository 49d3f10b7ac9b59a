// Follows a consultation as it changes. Server-sent events first; where something in between swallows them
// (old proxies hold a stream back until it ends), it asks every few seconds instead. A person in a waiting
// room must learn that their host has started, whatever their network does.

import type { Consultation } from "./consultation-client.ts";
import { readStanding, type Standing } from "./standing.ts";

export interface Live {
  /** Look now: the page came back to the front, or the network came back. */
  nudge(): void;
  stop(): void;
}

/** What of EventSource is used, so that a test can stand in for it. */
export interface Source {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void;
  close(): void;
}

export interface Outside {
  open(url: string): Source;
  later(ms: number, then: () => void): () => void;
}

const browser: Outside = {
  open: (url) => new EventSource(url) as unknown as Source,
  later: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

const FIRST_WORD_MS = 4_000;
const ASK_EVERY_MS = 5_000;
const REOPEN_MS = 3_000;
const CLOSED = 2;

export function follow(
  consultation: Consultation,
  tell: { standing(standing: Standing): void; line(up: boolean): void },
  outside: Outside = browser,
): Live {
  let source: Source | undefined;
  let stopped = false;
  let silent = () => {};
  let reopening = () => {};

  const heard = (standing: Standing): void => {
    if (stopped) return;
    tell.line(true);
    tell.standing(standing);
  };

  const ask = (): void => {
    consultation.state().then(heard, () => !stopped && tell.line(false));
  };

  /** Until the stream speaks, ask; it stops by itself at the stream's first word. */
  const askMeanwhile = (after: number): void => {
    silent();
    silent = outside.later(after, () => {
      ask();
      askMeanwhile(ASK_EVERY_MS);
    });
  };

  const open = (): void => {
    reopening();
    source?.close();
    const mine = outside.open(`${consultation.base}/live`);
    source = mine;
    askMeanwhile(FIRST_WORD_MS);
    mine.addEventListener("standing", (event) => {
      if (mine !== source) return;
      silent();
      const standing = parse(event.data);
      if (standing) heard(standing);
    });
    mine.addEventListener("error", () => {
      if (mine !== source || stopped) return;
      askMeanwhile(0);
      // The browser comes back by itself after a broken line, but not after an answer such as 503.
      if (mine.readyState === CLOSED) reopening = outside.later(REOPEN_MS, open);
    });
  };

  open();
  return {
    nudge() {
      if (stopped) return;
      ask();
      open(); // a phone that slept may hold a stream that looks open and is long dead
    },
    stop() {
      stopped = true;
      silent();
      reopening();
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
