// The errors of this package. A class for each problem code is generated beside these.
import type { components } from "./generated/schema.js";

/** What went wrong, as the service describes it (RFC 9457). */
export type Problem = components["schemas"]["Problem"];

/** An answer that is an error. If this version knows the problem's code, it has that code's class. */
export class LedgerError extends Error {
  override readonly name: string;

  constructor(
    /** HTTP status. */
    readonly status: number,
    /** Stable name of the problem; `http_502` and the like if it was not the service that answered. */
    readonly code: string,
    /** The whole problem; null if it was not the service that answered. */
    readonly problem: Problem | null,
    /** Seconds to wait before the next attempt; null if the service does not say. */
    readonly retryAfter: number | null,
  ) {
    super(problem ? `${code}: ${problem.detail}` : `${code}: the answer did not come from the service`);
    this.name = new.target.name;
  }

  /** The mistakes of a bad request, each with what was probably meant. */
  get errors(): Problem["errors"] {
    return this.problem?.errors ?? [];
  }
}

/** The service did not answer, not even after retries. `cause` is the last error of `fetch`. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";

  constructor(
    /** The requested address. */
    readonly url: string,
    cause: unknown,
  ) {
    super(`no answer from ${url}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A file whose bytes do not have the checksum in the manifest. */
export class ChecksumError extends Error {
  override readonly name = "ChecksumError";

  constructor(
    readonly file: string,
    readonly expected: string,
    readonly found: string,
  ) {
    super(`${file} has the SHA-256 ${found} and not ${expected}`);
  }
}
