// The examples of the README compile in strict mode (test/examples.mjs extracts them) and run.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";

const folder = new URL("examples/", import.meta.url).pathname;
const examples = (await readdir(folder)).filter((name) => name.endsWith(".js")).sort();
const scratch = await mkdtemp(join(tmpdir(), "ledger-"));
after(() => rm(scratch, { recursive: true }));

test("the README has its examples", () => assert.ok(examples.length >= 5));
for (const name of examples) {
  test(`example ${name} prints what it found`, async () => {
    const run = promisify(execFile)(process.execPath, [join(folder, name)], { cwd: scratch });
    const { stdout } = await run;

    assert.ok(stdout.trim().length > 10, stdout);
    assert.doesNotMatch(stdout, /undefined|null/);
  });
}
