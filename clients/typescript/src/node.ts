// Saves exports to disk, for Node; downloads are resumed even after the program was ended.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import type { ExportFile, Ledger } from "./ledger.js";
import { ChecksumError } from "./problem.js";

/**
 * Save a file of an export. An unfinished download is kept beside it as `<path>.part` and resumed
 * the next time; the file only gets its name once its SHA-256 matches the manifest.
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
    // Do not resume from wrong bytes.
    await rm(part);
    throw new ChecksumError(file.name, file.sha256, found);
  }
  await rename(part, path);
}
