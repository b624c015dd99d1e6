// Extract the examples of the README as modules that query the service at LEDGER_URL.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const folder = new URL("examples/", import.meta.url);
await rm(folder, { recursive: true, force: true });
await mkdir(folder);
const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)];
for (const [index, [, code]] of examples.entries()) {
  const asked = code.replaceAll("http://localhost:8000", process.env.LEDGER_URL);
  await writeFile(new URL(`${index + 1}.ts`, folder), asked);
}
