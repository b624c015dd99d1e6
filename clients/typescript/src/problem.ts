// The errors of this package. One class per code of a problem is generated beside this.
import type { components } from "./generated/schema.js";

/** What went wrong, as the service tells it (RFC 9457). */
export type Problem = components["schemas"]["Problem"];

/** An answer that is an error. Its class is that of the problem's code where this version knows it. */
export class LedgerError extends Error {
  override readonly name: string;

  constructor(
    /** HTTP status. */
    readonly status: number,
    /** Stable name of the problem; `http_502` and the like where what answered was not the service. */
    readonly code: string,
    /** All that the service told; null where what answered was not the service. */
    readonly problem: Problem | null,
    /** Seconds to wait before the same is asked again; null where the service names none. */
    readonly retryAfter: number | null,
  ) {
    super(problem ? `${code}: ${problem.detail}` : `${code}: no problem of the service`);
    this.name = new.target.name;
  }

  /** The mistakes of a bad request, each with what was probably meant. */
  get errors(): Problem["errors"] {
    return this.problem?.errors ?? [];
  }
}

/** No answer came, also not when it was tried again. Its `cause` is the last error of `fetch`. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";

  constructor(
    /** The address that was asked. */
    readonly url: string,
    cause: unknown,
  ) {
    super(`no answer of ${url}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A file whose bytes are not the ones that the manifest promises. */
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
