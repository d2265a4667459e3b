import { deathHeaderName } from "./death-header.ts";
import type { Tally, Violations } from "./violations.ts";

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Refusals that a client of a service under faults may see; any other 4xx is a defect. */
const expectedCodes = new Set([
  "idempotency_in_progress",
  "replay_quota_exceeded",
  "replay_depth_exceeded",
  "run_in_flight",
  "run_final",
  "illegal_transition",
  "conflict",
  "unknown_outcome",
]);

/** The clients' `fetch`: looks at every answer, and makes the web process die before it answers chosen requests. */
export class HttpWatch {
  /** Idempotency keys whose next request is executed and never answered. */
  readonly #doomed = new Set<string>();
  readonly #answers: Tally;
  readonly #violations: Violations;

  constructor(answers: Tally, violations: Violations) {
    this.#answers = answers;
    this.#violations = violations;
  }

  dieBeforeAnswering(idempotencyKey: string): void {
    this.#doomed.add(idempotencyKey);
  }

  readonly fetch: Fetch = async (url, init) => {
    const headers = { ...(init.headers as Record<string, string>) };
    if (this.#doomed.delete(headers["idempotency-key"] ?? "")) headers[deathHeaderName] = "1";
    const response = await fetch(url, { ...init, headers }).catch((error: unknown) => {
      this.#answers.add("no answer");
      throw error;
    });
    await this.#look(`${init.method} ${new URL(url).pathname}`, response);
    return response;
  };

  async #look(what: string, response: Response): Promise<void> {
    const { status } = response;
    if (status < 400) return this.#answers.add(String(status));
    const text = await response
      .clone()
      .text()
      .catch(() => null);
    // Its process was killed while it answered: the client reads no more of it either.
    if (text === null) return this.#answers.add("broken answer");
    const code = codeOf(text);
    this.#answers.add(`${status} ${code}`);
    const about = `${what}: ${status} ${text.slice(0, 300)}`;
    if (status === 503 && response.headers.get("retry-after") === null)
      this.#violations.add("503_without_retry_after", about);
    else if (status >= 500 && status !== 503) this.#violations.add("http_5xx", about);
    else if (status < 500 && !expectedCodes.has(code)) this.#violations.add("unexpected_refusal", about);
  }
}

function codeOf(text: string): string {
  try {
    return String((JSON.parse(text) as { code?: unknown }).code);
  } catch {
    return "";
  }
}
