// Requests: retried if that may help, and cached. Nothing here is about a particular operation.
import { UnreachableError } from "./problem.js";

export interface TransportOptions {
  /** The function that sends requests; for tests, and for platforms with their own `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
  /** How often a request is retried. Default 4; 0 for never. */
  retries?: number;
  /** Milliseconds to wait at most; if `Retry-After` is longer, the problem is thrown. Default 60,000. */
  longestWait?: number;
  /** Milliseconds after which an attempt without response headers is given up. Default 60,000. */
  timeout?: number;
  /** Bytes of answers in the cache, at most. Default 32 MiB; 0 turns the cache off. */
  cacheBytes?: number;
}

type Asks = (request: Request) => Promise<Response>;
const TRANSIENT = new Set([429, 502, 503, 504]);

/** Milliseconds that an answer asks to wait; null if it does not say. */
export function waitOf(response: Response): number | null {
  const told = response.headers.get("retry-after");
  if (told === null) return null;
  const wait = /^\d+$/.test(told) ? Number(told) * 1000 : Date.parse(told) - Date.now();
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}

/** Send a request, and retry it after a broken connection, 429, 502, 503 and 504. */
export function retrying(options: TransportOptions): Asks {
  const ask = options.fetch ?? ((request) => globalThis.fetch(request));
  const retries = options.retries ?? 4;
  const longest = options.longestWait ?? 60_000;
  const timeout = options.timeout ?? 60_000;
  return async (request) => {
    for (let tried = 0; ; tried += 1) {
      let response: Response | undefined;
      try {
        response = await inTime(ask, request, timeout);
      } catch (error) {
        if (request.signal.aborted) throw error;
        if (tried >= retries) throw new UnreachableError(request.url, error);
      }
      if (response && (!TRANSIENT.has(response.status) || tried >= retries)) return response;
      const told = response ? waitOf(response) : null;
      if (response && told !== null && told > longest) return response;
      await response?.body?.cancel();
      // Full jitter, so that many clients that fail at once do not all come back at once.
      await sleep(told ?? Math.random() * Math.min(longest, 500 * 2 ** tried), request.signal);
    }
  };
}

/** Send a request once. The timeout ends with the response headers: a large body may take longer. */
async function inTime(ask: Asks, request: Request, timeout: number): Promise<Response> {
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new DOMException(`no answer in ${timeout} ms`, "TimeoutError")),
    timeout,
  );
  try {
    const signal = AbortSignal.any([request.signal, limit.signal]);
    return await ask(new Request(request.clone(), { signal }));
  } finally {
    clearTimeout(timer);
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    const stop = () => {
      clearTimeout(timer);
      failed(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      done();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

interface Kept {
  body: ArrayBuffer;
  headers: Headers;
  etag: string;
  /** Answers as of a revision never change, so that they are not revalidated. */
  immutable: boolean;
}

/** Cache answers, and revalidate them by their ETag: an unchanged answer is not sent again. */
export function caching(ask: Asks, bytes: number): Asks {
  const kept = new Map<string, Kept>();
  let size = 0;

  const remember = (key: string, one: Kept): void => {
    forget(key);
    if (one.body.byteLength > bytes / 4) return;
    kept.set(key, one);
    size += one.body.byteLength;
    for (const oldest of kept.keys()) {
      if (size <= bytes) break;
      forget(oldest);
    }
  };
  const forget = (key: string): void => {
    size -= kept.get(key)?.body.byteLength ?? 0;
    kept.delete(key);
  };
  const answer = ({ body, headers }: Kept): Response => new Response(body.slice(0), { headers });

  return async (request) => {
    const key = `${request.headers.get("accept") ?? ""} ${request.url}`;
    const known = kept.get(key);
    if (known) {
      // A map keeps the order of insertion, so that what was used last is dropped last.
      kept.delete(key);
      kept.set(key, known);
      if (known.immutable) return answer(known);
      request = new Request(request, { headers: new Headers(request.headers) });
      request.headers.set("if-none-match", known.etag);
    }
    const response = await ask(request);
    if (known && response.status === 304) {
      response.headers.forEach((value, name) => known.headers.set(name, value));
      return answer(known);
    }
    const etag = response.headers.get("etag");
    // Tables may be streams of unknown length. The answer of a redirect (a merged record) is not kept
    // under the address that was requested.
    const json = /^application\/json\b/.test(response.headers.get("content-type") ?? "");
    if (response.status !== 200 || etag === null || !json || response.redirected) return response;
    const body = await response.arrayBuffer();
    const headers = new Headers(response.headers);
    // The body is already decoded.
    headers.delete("content-encoding");
    headers.delete("content-length");
    const immutable = /\bimmutable\b/.test(headers.get("cache-control") ?? "");
    const one: Kept = { body, headers, etag, immutable };
    remember(key, one);
    return answer(one);
  };
}
