// HTTP client of the consultation endpoints, one function per verb. Independent of the page.
// The same endpoints exist below a personal link, a login and the API; `base` selects one.

import { language } from "../l10n/words.ts";
import { problemOf, Unreachable } from "./problem.ts";
import { readStanding, type Standing } from "./standing.ts";
import type { StatusSource } from "./status-stream.ts";

export interface Ticket {
  url: string;
  token: string;
  room_name: string;
  identity: string;
  expires_in: number;
}

export interface ConsultationClient {
  readonly base: string;
  /** What every address of this tab ends in: the language, which counts more than what the host has chosen for other pages. */
  readonly query: string;
  state(): Promise<Standing>;
  enter(): Promise<Standing>;
  depart(): Promise<Standing>;
  start(): Promise<Standing>;
  admit(participant: string): Promise<Standing>;
  decline(participant: string): Promise<Standing>;
  /** Puts out a guest and ends their links. */
  expel(participant: string): Promise<Standing>;
  end(): Promise<Standing>;
  /** Answers that the person is still there. */
  stillThere(): Promise<Standing>;
  /** `takesSeat`: it follows a tap, and a host goes on here. */
  ticket(takesSeat: boolean): Promise<Ticket>;
  /** Answers a beat of the stream. `page` is its data. */
  answerBeat(page: string, visible: boolean): Promise<void>;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Long enough for a slow mobile network, short enough that the page soon shows a retry. */
export const REQUEST_TIMEOUT_MS = 8_000;

export function consultationClient(base: string, tab: string, fetch: Fetch = (url, init) => globalThis.fetch(url, init)): ConsultationClient {
  const query = (): string => `?lang=${language()}&tab=${tab}`;
  const send = async (method: string, path: string, body?: object, more = ""): Promise<unknown> => {
    const init: RequestInit = {
      method,
      headers: { accept: "application/json", ...(method === "POST" && { "content-type": "application/json" }) },
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(method === "POST" && { body: JSON.stringify(body ?? {}) }),
    };
    const response = await fetch(`${base}${path}${query()}${more}`, init).catch((cause: unknown) => {
      throw new Unreachable(cause);
    });
    if (!response.ok) throw await problemOf(response);
    if (response.status === 204) return undefined;
    return response.json().catch((cause: unknown) => {
      throw new Unreachable(cause);
    });
  };
  const standing = async (method: string, path: string, body?: object): Promise<Standing> =>
    readStanding(await send(method, path, body));

  return {
    base,
    get query() { return query(); },
    state: () => standing("GET", "/state"),
    enter: () => standing("POST", "/entry"),
    depart: () => standing("DELETE", "/entry"),
    start: () => standing("POST", "/opening"),
    admit: (participant) => standing("POST", "/admissions", { participant }),
    decline: (participant) => standing("POST", "/refusals", { participant }),
    expel: (participant) => standing("POST", "/expulsions", { participant }),
    end: () => standing("POST", "/closure"),
    stillThere: () => standing("POST", "/still-there"),
    answerBeat: (page, visible) => send("POST", "/presence", { page, visible }).then(() => undefined),
    ticket: async (takesSeat) => readTicket(await send("POST", "/tickets", {}, takesSeat ? "&take=true" : "")),
  };
}

/** The standing as the status of a page. */
export function standingSource(consultation: ConsultationClient, answerBeat: (page: string) => void): StatusSource<Standing> {
  return {
    answerBeat,
    // An event stream sends no header of ours.
    url: `${consultation.base}/live${consultation.query}`,
    event: "standing",
    parse(data) {
      try {
        return readStanding(JSON.parse(data));
      } catch {
        return undefined; // not a standing this version can read: ignore it and wait for the next event
      }
    },
    version: (standing) => standing.version,
    poll: () => consultation.state(),
  };
}

function readTicket(value: unknown): Ticket {
  const ticket = value as Ticket;
  if (typeof ticket?.url !== "string" || typeof ticket.token !== "string") throw new Unreachable("response is not a ticket");
  return ticket;
}
