import { renameSync, rmSync, writeFileSync } from "node:fs";
import { PackagingProblem } from "../packaging/finding";

/** All or nothing: a reader never sees half a file. @throws PackagingProblem `file-unwritable` */
export function writeWhole(path: string, text: string): void {
  const partial = `${path}.${process.pid}.partial`;
  try {
    writeFileSync(partial, text);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new PackagingProblem([{ code: "file-unwritable", subject: path, message: `cannot be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}` }]);
  }
}
