// Status updates of a page over server-sent events (SSE), with polling as the fallback where a proxy buffers the stream.
// Used by the call and by the day page: a host and a guest must learn of each other on any network.
//
// The server sends a `beat` every 8 s. A stream without a beat is dead or buffered, whatever its `readyState` says.

import { Refused } from "./problem.ts";

/** Where the status of a page comes from. `V` is what orders statuses: a version, or one for each row of a list. */
export interface StatusSource<T, V = number> {
  /** Address of the event stream, and the name of its events. */
  readonly url: string;
  readonly event: string;
  /** Undefined for an event that this version of the page cannot read. */
  parse(data: string): T | undefined;
  /** Which of two statuses is newer. */
  version(status: T): V;
  /** Answers a beat, so that the server knows that the page is still there. */
  answerBeat?(data: string): void;
  /** One request for the same status. Rejects with `Refused` or `Unreachable`. */
  poll(): Promise<T>;
}

export interface StatusListener<T, V = number> {
  /** `asked`: the version that the page had when it asked; on a stream, the version of the event before. */
  status(status: T, asked: V): void;
  /** The version that the page has now. */
  known(): V;
  /** Whether the page shows the current status. Called at every change, and also when nothing changed. */
  connected(up: boolean): void;
  /** Newer pages of the same person took the place of this stream, or (false) it is open again. Until then it is polled. */
  superseded?(superseded: boolean): void;
  /** The server answers this page no longer: logged out, or the link was revoked. Nothing is tried until `refresh`. */
  refused(refusal: Refused): void;
}

export interface StatusStream {
  /** Poll and reopen now: the page became visible, or the network is back. */
  refresh(): void;
  /** Ask once; the stream stays as it is. */
  poll(): void;
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
  /** At least 0, less than 1. */
  random(): number;
}

const browserEnvironment: StreamEnvironment = {
  open: (url) => new EventSource(url) as unknown as EventStream,
  setTimer: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

const FIRST_EVENT_TIMEOUT_MS = 4_000;
/** One and a half beats. With a poll at once afterwards, a page is never more than 15 s behind. */
const SILENCE_TIMEOUT_MS = 12_000;
const POLL_INTERVAL_MS = 8_000;
/** A stream that is open and buffered is replaced now and then: it may have been opened on another network. */
const BUFFERED_REOPEN_MS = 60_000;
/** The first reopening comes within 2 s, the next within 4 s. After a restart of the server all pages come at once. */
const REOPEN_WITHIN_MS = 2_000;
const REOPEN_WITHIN_MAX_MS = 15_000;
const CLOSED = 2;

export function openStatusStream<T, V = number>(
  source: StatusSource<T, V>,
  listener: StatusListener<T, V>,
  environment: StreamEnvironment = browserEnvironment,
): StatusStream {
  return new PolledStream(source, listener, environment);
}

class PolledStream<T, V> implements StatusStream {
  #stream: EventStream | undefined;
  #stopped = false;
  /** Streams in a row that ended without an event. */
  #failures = 0;
  /** Statuses and beats so far: the answer to a poll that was overtaken by an event is dropped. */
  #received = 0;
  #isPolling = false;
  readonly #timers: Record<"silence" | "poll" | "reopen", () => void> = { silence() {}, poll() {}, reopen() {} };

  constructor(
    readonly source: StatusSource<T, V>,
    readonly listener: StatusListener<T, V>,
    readonly environment: StreamEnvironment,
  ) {
    this.#open();
  }

  refresh(): void {
    if (this.#stopped) return;
    this.#open(); // after sleep a stream may look open although its connection is dead
    this.#poll();
  }

  poll(): void {
    if (!this.#stopped) this.#poll();
  }

  stop(): void {
    this.#stopped = true;
    this.#close();
  }

  /** Opens a new stream. Polling goes on until it sends something. */
  #open(): void {
    this.#stream?.close();
    this.#timers.reopen();
    const stream = this.environment.open(this.source.url);
    this.#stream = stream;
    let hasSent = false;
    let asked = this.listener.known();
    const on = (type: string, act: (data: string) => void): void =>
      stream.addEventListener(type, ({ data }) => {
        if (stream === this.#stream) act(String(data));
      });
    const receive = (): void => {
      hasSent = true;
      this.#failures = 0;
      this.#received++;
      this.#timers.poll();
      this.#isPolling = false;
      this.#after("silence", SILENCE_TIMEOUT_MS, () => this.#silent(true));
    };
    this.#after("silence", FIRST_EVENT_TIMEOUT_MS, () => this.#silent(false));
    on("beat", (data) => {
      receive();
      this.source.answerBeat?.(data);
    });
    on(this.source.event, (data) => {
      receive();
      const status = this.source.parse(data);
      if (status === undefined) return;
      this.listener.superseded?.(false);
      this.#deliver(status, asked);
      asked = this.source.version(status);
    });
    // The server cannot read its database: it will send the status later, on the same stream.
    on("stale", () => {
      receive();
      this.listener.connected(false);
    });
    on("superseded", () => this.#superseded());
    on("error", () => this.#failed(stream.readyState === CLOSED, hasSent));
  }

  /** Nothing arrives: polls until something does. A stream that had sent something is dead, another one is buffered. */
  #silent(hadSent: boolean): void {
    if (hadSent) this.listener.connected(false);
    if (!this.#isPolling) this.#pollUntilReceived(0);
    this.#after("reopen", hadSent ? this.#reopenDelay() : BUFFERED_REOPEN_MS, () => this.#open());
  }

  /**
   * The person has opened the page several more times. To open the stream again would end another one, which would do the
   * same: this page polls until `refresh`, which comes when a person looks at it.
   */
  #superseded(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#timers.silence();
    this.#timers.reopen();
    this.listener.superseded?.(true);
    this.#pollUntilReceived(POLL_INTERVAL_MS);
  }

  /** `refused`: by an HTTP status, which an EventSource does not show; a poll does. */
  #failed(refused: boolean, hasSent: boolean): void {
    this.#stream?.close();
    this.#timers.silence();
    this.#failures++;
    if ((refused || !hasSent) && !this.#isPolling) this.#pollUntilReceived(this.environment.random() * REOPEN_WITHIN_MS);
    this.#after("reopen", this.#reopenDelay(), () => this.#open());
  }

  #reopenDelay(): number {
    const within = REOPEN_WITHIN_MS * 2 ** Math.max(0, this.#failures - 1);
    return this.environment.random() * Math.min(REOPEN_WITHIN_MAX_MS, within);
  }

  #pollUntilReceived(delay: number): void {
    this.#isPolling = true;
    this.#after("poll", delay, () => {
      this.#poll();
      this.#pollUntilReceived(POLL_INTERVAL_MS * (0.75 + this.environment.random() / 2));
    });
  }

  #poll(): void {
    const before = this.#received;
    const asked = this.listener.known();
    const current = (): boolean => !this.#stopped && this.#received === before;
    this.source.poll().then(
      (status) => current() && this.#deliver(status, asked),
      (error: unknown) => current() && this.#pollFailed(error),
    );
  }

  #pollFailed(error: unknown): void {
    this.listener.connected(false);
    if (!(error instanceof Refused) || !error.isFinal) return;
    this.#close();
    this.listener.refused(error);
  }

  #deliver(status: T, asked: V): void {
    this.#received++;
    this.listener.connected(true);
    this.listener.status(status, asked);
  }

  #after(timer: "silence" | "poll" | "reopen", ms: number, act: () => void): void {
    this.#timers[timer]();
    this.#timers[timer] = this.environment.setTimer(ms, act);
  }

  #close(): void {
    for (const cancel of Object.values(this.#timers)) cancel();
    this.#isPolling = false;
    this.#stream?.close();
    this.#stream = undefined;
  }
}
