// How a request fails: the server said no, with a name and a sentence; or it could not be reached.

/** The server's refusal (RFC 9457). `detail` is a sentence for the person; `code` is its name. */
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
}

/** No answer that makes sense: no network, a server that is restarting, a stranger's login page in between. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("unreachable", { cause });
    this.name = "Unreachable";
  }
}

/** What a failed response says. A server that is unwell (5xx) counts as unreachable: trying again helps. */
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
