// Files of an export: whole, interrupted, resumed, and wrong.
import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ChecksumError, type ExportFile, Ledger } from "layoff-ledger";
import { saveExport } from "layoff-ledger/node";
import { type Proxy, URL_, plain, proxy } from "./support.js";

const folder = await mkdtemp(join(tmpdir(), "ledger-"));
after(() => rm(folder, { recursive: true }));
const { newest } = await plain("/v1/exports");
const known = (newest.files as ExportFile[]).find(({ name }) => name === "drivers.csv")!;
const whole = Buffer.from(await (await fetch(known.url)).arrayBuffer());
const through = ({ url }: Proxy): ExportFile => ({
  ...known,
  url: url + new URL(known.url).pathname,
});

test("a file is there with its bytes, in memory and on the disk", async () => {
  const ledger = new Ledger(URL_);
  const path = join(folder, "whole.csv");
  const files = await ledger.exportFiles(newest.revision);
  await saveExport(ledger, files.find(({ name }) => name === known.name)!, path);

  assert.deepEqual(files, newest.files);
  assert.deepEqual(Buffer.from(await ledger.getExportFile(newest.revision, known.name)), whole);
  assert.deepEqual(await readFile(path), whole);
});

test("a connection that breaks is resumed where it broke", async () => {
  const between = await proxy(undefined, (body, number) => (number < 2 ? "cut" : body));
  const path = join(folder, "broken.csv");
  await saveExport(new Ledger(between.url), through(between), path);
  between.close();

  assert.deepEqual(await readFile(path), whole);
  assert.deepEqual(between.seen.map(({ status }) => status), [200, 206, 206]);
  assert.equal(between.seen[1]!.headers.range, `bytes=${Math.floor(whole.length / 2)}-`);
});

test("what an ended program left is gone on with", async () => {
  const between = await proxy();
  const path = join(folder, "left.csv");
  await writeFile(`${path}.part`, whole.subarray(0, 1000));
  await saveExport(new Ledger(between.url), through(between), path);
  between.close();

  assert.deepEqual(await readFile(path), whole);
  assert.equal(between.seen[0]!.headers.range, "bytes=1000-");
  assert.ok(!(await readdir(folder)).includes("left.csv.part"));
});

test("wrong bytes are an error and leave nothing", async () => {
  const between = await proxy(undefined, (body) => Buffer.alloc(body.length));
  const path = join(folder, "wrong.csv");
  await assert.rejects(saveExport(new Ledger(between.url), through(between), path), ChecksumError);
  between.close();

  assert.deepEqual((await readdir(folder)).filter((name) => name.startsWith("wrong")), []);
});

test("a part of other bytes is an error, and the next time begins anew", async () => {
  const path = join(folder, "mixed.csv");
  await writeFile(`${path}.part`, Buffer.alloc(1000));
  await assert.rejects(saveExport(new Ledger(URL_), known, path), ChecksumError);
  await saveExport(new Ledger(URL_), known, path);

  assert.deepEqual(await readFile(path), whole);
});
