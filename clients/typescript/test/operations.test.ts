// Every operation of the served document exists, and returns what a plain request gets.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { CONTRACT, Ledger } from "layoff-ledger";
import { URL_, plain } from "./support.js";

const document = await plain("/openapi.json");
const ledger = new Ledger(URL_);
const methods = ledger as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
const newest = (await plain("/v1/revisions?limit=1")).meta.revision.toString() as string;
const indicator = (await plain("/v1/indicators?limit=1")).data[0].id as string;
const claim = (await plain("/v1/claims?limit=1")).data[0].id as string;
const notice = (await plain("/v1/notices?limit=1")).data[0]?.id as string | undefined;

// Values in paths and required parameters for which the document's own example does not work.
const VALUES: Record<string, string> = {
  "get_claim id": claim,
  "get_indicator id": indicator,
  "get_notice id": notice ?? "no-such-notice",
  "get_notice_history id": notice ?? "no-such-notice",
  "get_revision number": newest,
  "get_export revision": newest,
};

interface Parameter {
  $ref?: string;
  name: string;
  in: string;
  required?: boolean;
  example: string | string[] | number;
}
const resolve = (one: Parameter): Parameter =>
  one.$ref ? document.components.parameters[one.$ref.split("/").at(-1)!] : one;

const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

for (const [path, item] of Object.entries<{ get: { operationId: string; parameters?: Parameter[] } }>(document.paths)) {
  const id = item.get.operationId;
  if (id === "get_export_file") continue; // see exports.test.ts: it is not JSON
  test(`${camel(id)} gives what ${path} answers`, async () => {
    const parameters = (item.get.parameters ?? []).map(resolve);
    const value = ({ name, example }: Parameter) => VALUES[`${id} ${name}`] ?? example;
    const inPath = parameters.filter((one) => one.in === "path").map(value);
    const needed = parameters.filter((one) => one.required && one.in === "query");
    const query = Object.fromEntries(needed.map((one) => [one.name, value(one)]));
    let index = 0;
    const filled = path.replace(/\{\w+\}/g, () => encodeURIComponent(String(inPath[index++])));
    const asked = Object.entries(query).flatMap(([name, given]) =>
      [given].flat().map((one) => `${name}=${encodeURIComponent(one)}`),
    );
    const method = methods[camel(id)];
    assert.ok(method, `no method ${camel(id)}: generate anew`);
    const expected = await plain(`${filled}?${asked.join("&")}`);
    const given = await method.call(ledger, ...inPath, query).then(
      (answer) => answer,
      (error: { problem: unknown }) => error.problem,
    );
    assert.equal("request_id" in expected, id.includes("notice") && !notice && inPath.length > 0);
    for (const answer of [given, expected] as { request_id?: string; instance?: string }[]) {
      // A problem, for example if no notice is published.
      delete answer.request_id;
      delete answer.instance;
    }
    assert.deepEqual(given, expected);
  });
}

test("the version is that of the contract", async () => {
  const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };

  assert.equal(CONTRACT, document.info.version);
  assert.equal(version, document.info.version);
});
