// Exports onto a disk, for Node: resumed also after the program was ended.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import type { ExportFile, Ledger } from "./ledger.js";
import { ChecksumError } from "./problem.js";

/**
 * Save a file of an export. What is unfinished stands beside it as `<path>.part` and is gone on with
 * the next time; a file has its name only when its SHA-256 is the manifest's.
 */
export async function saveExport(ledger: Ledger, file: ExportFile, path: string): Promise<void> {
  const part = `${path}.part`;
  const digest = createHash("sha256");
  let from = await stat(part).then(({ size }) => size, () => 0);
  if (from > file.bytes) {
    await rm(part);
    from = 0;
  }
  if (from > 0) for await (const chunk of createReadStream(part)) digest.update(chunk as Buffer);
  const target = await open(part, "a");
  try {
    for await (const chunk of ledger.exportChunks(file, from)) {
      digest.update(chunk);
      await target.writeFile(chunk);
    }
  } finally {
    await target.close();
  }
  const found = digest.digest("hex");
  if (found !== file.sha256) {
    // What is wrong is not gone on with.
    await rm(part);
    throw new ChecksumError(file.name, file.sha256, found);
  }
  await rename(part, path);
}
