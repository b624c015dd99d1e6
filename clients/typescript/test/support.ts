// A running service, and a proxy in front of it that breaks what a test wants broken.
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

export const URL_ = (process.env["LEDGER_URL"] ?? "http://localhost:8000").replace(/\/+$/, "");

/** Send a request without the client, to compare the client's answer with. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a plain answer has no types
export async function plain(path: string): Promise<any> {
  return (await fetch(URL_ + path)).json();
}

export interface Seen {
  path: string;
  headers: IncomingMessage["headers"];
  status: number;
}

/** What a proxy does with the request of this number (from 0); false if it passes it on. */
export type Fault = (number: number, request: IncomingMessage, response: ServerResponse) => boolean;

export interface Proxy {
  url: string;
  seen: Seen[];
  close(): void;
}

/** Pass requests on to the service, with faults before it and changed bodies after it. */
export async function proxy(
  fault: Fault = () => false,
  change: (body: Buffer, number: number) => Buffer | "cut" = (body) => body,
): Promise<Proxy> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const number = seen.length;
    const one: Seen = { path: request.url!, headers: request.headers, status: 0 };
    seen.push(one);
    if (fault(number, request, response)) {
      one.status = response.statusCode;
      return;
    }
    const headers = new Headers();
    for (const name of ["accept", "if-none-match", "range", "if-range"]) {
      const value = request.headers[name];
      if (typeof value === "string") headers.set(name, value);
    }
    // Uncompressed, so that the bytes that are cut off are those that are counted.
    headers.set("accept-encoding", "identity");
    const answer = await fetch(URL_ + request.url, { headers });
    one.status = answer.status;
    const body = Buffer.from(await answer.arrayBuffer());
    const changed = change(body, number);
    for (const [name, value] of answer.headers) {
      if (!["content-length", "transfer-encoding", "connection"].includes(name)) {
        response.setHeader(name, value);
      }
    }
    response.statusCode = answer.status;
    if (answer.status === 304) response.end();
    else if (changed === "cut") {
      response.setHeader("content-length", body.length);
      response.write(body.subarray(0, body.length / 2), () => {
        setTimeout(() => response.destroy(), 50);
      });
    } else response.end(changed);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
