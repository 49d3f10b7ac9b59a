// How a request fails: refused by the server (problem details, RFC 9457), or the server is unreachable.

/** A refusal by the server (RFC 9457). `code` names it; `detail` is a sentence for people. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly opensAt?: string,
  ) {
    super(`${status} ${code}`);
    this.name = "Refused";
  }

  /** The same request is never answered again: logged out, the link was revoked, or it was all over long ago. */
  get isFinal(): boolean {
    return FINAL.includes(this.code);
  }
}

const FINAL: readonly string[] = ["not_logged_in", "forbidden", "unknown_link", "not_found", "ended", "cancelled", "too_late"];

/** No usable response: no network, a restarting server, or the login page of a captive portal. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("unreachable", { cause });
    this.name = "Unreachable";
  }
}

/** Reads a failed response. A server error (5xx) counts as unreachable, because a retry can succeed. */
export async function problemOf(response: Response): Promise<Refused | Unreachable> {
  if (response.status < 400 || response.status >= 500) return new Unreachable(response.status);
  const body: unknown = await response.json().catch(() => undefined);
  const problem = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const detail = text(problem["detail"]) ?? text(problem["title"]) ?? "";
  return new Refused(response.status, text(problem["code"]) ?? "refused", detail, text(problem["opens_at"]));
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
