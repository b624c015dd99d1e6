// Load the built package in a browser: `node test/browser.mjs URL`. Chromium loads the modules from another
// origin than the service and queries it; this fails if the page does not show the expected answer.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const PAGE = `<!doctype html><pre id="found"></pre>
<script type="importmap">{"imports": {"openapi-fetch": "/node_modules/openapi-fetch/dist/index.mjs"}}</script>
<script type="module">
import { InvalidParametersError, Ledger } from "/dist/index.js";
const found = document.getElementById("found");
try {
  const ledger = new Ledger(${JSON.stringify(process.argv[2])}, { asOf: "newest" });
  const waves = await ledger.listWaves({ company: ["meta"], limit: 2 }).all();
  const unpinned = new Ledger(${JSON.stringify(process.argv[2])});
  await unpinned.getWave("meta-2023-03");
  const again = await unpinned.getWave("meta-2023-03");
  const mistake = await ledger.listWaves({ driver: ["over_hirng"] }).then(null, (error) => error);
  const { newest } = await ledger.listExports();
  const bytes = await ledger.getExportFile(newest.revision, "drivers.csv");
  found.textContent = JSON.stringify({
    waves: waves.length,
    again: again.id,
    mistake: mistake instanceof InvalidParametersError && mistake.errors[0].suggested_value,
    bytes: bytes.length - newest.files.find(({ name }) => name === "drivers.csv").bytes,
  });
} catch (error) {
  found.textContent = String(error);
}
</script>`;

const server = createServer(async (request, response) => {
  if (request.url === "/") return response.setHeader("content-type", "text/html").end(PAGE);
  try {
    const code = await readFile(resolve("." + request.url));
    response.setHeader("content-type", "text/javascript").end(code);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const profile = await mkdtemp(join(tmpdir(), "chromium-"));
try {
  const page = await new Promise((done, failed) => {
    execFile(
      "chromium",
      [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        `--user-data-dir=${profile}`,
        "--virtual-time-budget=20000",
        "--dump-dom",
        `http://127.0.0.1:${server.address().port}/`,
      ],
      { timeout: 60_000 },
      (error, stdout) => (error ? failed(error) : done(stdout)),
    );
  });
  const told = /<pre id="found">(.*?)<\/pre>/s.exec(page)?.[1] ?? "";
  const answer = await fetch(`${process.argv[2]}/v1/waves?company=meta&limit=1`);
  assert.deepEqual(JSON.parse(told), {
    waves: (await answer.json()).meta.count,
    again: "meta-2023-03",
    mistake: "over_hiring",
    bytes: 0,
  });
  console.log(`a browser read ${told}`);
} finally {
  server.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
