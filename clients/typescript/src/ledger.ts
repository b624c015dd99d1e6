// The client: operations, one revision for a session, exports.
import createClient, { type Middleware } from "openapi-fetch";
import { problemOf } from "./errors.js";
import { DATED, Operations } from "./generated/operations.js";
import type { components, paths } from "./generated/schema.js";
import { ChecksumError } from "./problem.js";
import { type TransportOptions, caching, retrying } from "./transport.js";

/** A file of a bulk export, as the manifest lists it. */
export type ExportFile = components["schemas"]["ExportFile"];

export interface LedgerOptions extends TransportOptions {
  /**
   * The revision or day to which all answers are pinned, so that they fit together: a number, a day
   * such as "2026-11-01", or "newest" for the revision that is newest at the first request. By
   * default, each answer comes from the newest revision at that moment.
   */
  asOf?: number | string;
}

/** Read a Layoff Ledger. Every operation of the contract is a method: `list_waves` is `listWaves`. */
export class Ledger extends Operations {
  /** Address of the service, without a trailing slash. */
  readonly url: string;
  readonly #asOf: number | string | undefined;
  readonly #ask: (request: Request) => Promise<Response>;
  #newest: Promise<string> | undefined;

  constructor(url: string, options: LedgerOptions = {}) {
    const base = url.replace(/\/+$/, "");
    const ask = retrying(options);
    const bytes = options.cacheBytes ?? 32 * 1024 * 1024;
    super(createClient<paths>({ baseUrl: base, fetch: bytes > 0 ? caching(ask, bytes) : ask }));
    this.url = base;
    this.#ask = ask;
    this.#asOf = options.asOf;
    const pin: Middleware = {
      onRequest: async ({ request, schemaPath }) => {
        const asked = new URL(request.url);
        if (!DATED.has(schemaPath) || asked.searchParams.has("as_of")) return undefined;
        const asOf = await this.asOf();
        if (asOf === undefined) return undefined;
        asked.searchParams.set("as_of", asOf);
        return new Request(asked, request);
      },
    };
    this.client.use(pin);
  }

  /** The revision or day to which this session is pinned; undefined if it is not. */
  async asOf(): Promise<string | undefined> {
    if (this.#asOf !== "newest") return this.#asOf?.toString();
    this.#newest ??= this.#newestRevision();
    try {
      return await this.#newest;
    } catch (error) {
      // Do not keep a failure, because the next attempt may succeed.
      this.#newest = undefined;
      throw error;
    }
  }

  /** The files of a revision's export; by default those of the session's revision, or the newest. */
  async exportFiles(revision?: number): Promise<ExportFile[]> {
    if (revision !== undefined) return (await this.getExport(revision)).files;
    return (await this.listExports()).newest?.files ?? [];
  }

  /** A whole file of an export, checked against its checksum; it has to fit into memory. */
  async getExportFile(revision: number, name: string): Promise<Uint8Array<ArrayBuffer>> {
    const file = (await this.exportFiles(revision)).find((one) => one.name === name);
    if (file === undefined) throw new RangeError(`revision ${revision} has no file ${name}`);
    const bytes = new Uint8Array(file.bytes);
    let from = 0;
    for await (const chunk of this.exportChunks(file)) {
      if (from + chunk.length > bytes.length) {
        throw new ChecksumError(name, file.sha256, `of more than ${file.bytes} bytes`);
      }
      bytes.set(chunk, from);
      from += chunk.length;
    }
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.subarray(0, from)));
    const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (found !== file.sha256) throw new ChecksumError(name, file.sha256, found);
    return bytes;
  }

  /**
   * The bytes of a file, starting at an offset. If the connection breaks, the download is resumed, up
   * to four times in a row without a byte in between. The caller has to check the checksum.
   */
  async *exportChunks(file: ExportFile, from = 0): AsyncGenerator<Uint8Array, void, undefined> {
    let idle = 0;
    while (from < file.bytes) {
      const headers: Record<string, string> =
        from > 0 ? { range: `bytes=${from}-`, "if-range": `"${file.sha256}"` } : {};
      const response = await this.#ok(new Request(file.url, { headers }));
      // 200 instead of 206: this is another file than the one that was begun.
      if (from > 0 && response.status !== 206) {
        await response.body?.cancel();
        throw new ChecksumError(file.name, file.sha256, response.headers.get("etag") ?? "of another");
      }
      const reader = response.body!.getReader();
      try {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          idle = 0;
          from += value.length;
          yield value;
        }
      } catch (error) {
        if (idle >= 4) throw error;
      } finally {
        // Do not leave the connection open, even if the reader stops early.
        await reader.cancel().catch(() => undefined);
      }
      idle += 1;
      if (idle > 4) return;
    }
  }

  async #newestRevision(): Promise<string> {
    const response = await this.#ok(new Request(`${this.url}/v1/revisions?limit=1`));
    const { meta } = (await response.json()) as components["schemas"]["RevisionList"];
    return String(meta.revision);
  }

  async #ok(request: Request): Promise<Response> {
    const response = await this.#ask(request);
    if (response.ok) return response;
    throw problemOf(response, await response.json().catch(() => null));
  }
}
