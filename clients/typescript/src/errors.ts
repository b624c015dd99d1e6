// Turns an unsuccessful answer into an error.
import { PROBLEMS } from "./generated/problems.js";
import { LedgerError, type Problem } from "./problem.js";
import { waitOf } from "./transport.js";

/** Return the error for an answer with this body. */
export function problemOf(response: Response, body: unknown): LedgerError {
  const problem = isProblem(body) ? body : null;
  const code = problem?.code ?? `http_${response.status}`;
  const kind = Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code]! : LedgerError;
  const wait = waitOf(response);
  return new kind(response.status, code, problem, wait === null ? null : wait / 1000);
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "errors" in body &&
    Array.isArray(body.errors)
  );
}
