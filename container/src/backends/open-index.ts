import { closeSync, constants, copyFileSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExactIndex } from "./exact";
import { FaissIndex } from "./faiss";
import { fileSource, readIndexHeader, searchWidthBytes, type IndexHeader } from "./index-file";
import { messageOf } from "../failure";
import type { VectorIndex } from "./vector-index";

export interface OpenIndexOptions {
  /** `auto`: exact for a flat index, FAISS for any other. Default `auto`. */
  readonly backend?: "auto" | "exact" | "faiss";
  /** Threads that scan a flat index. */
  readonly threads: number;
  /** How wide an approximate index searches: nprobe of an IVF, efSearch of an HNSW. Default: what the file says. */
  readonly searchWidth?: number;
  /** Where a patched copy may lie while FAISS reads it, when `searchWidth` is not the file's. Default the system's. */
  readonly temporaryFolder?: string;
  readonly log: (line: { readonly event: string; readonly [field: string]: unknown }) => void;
}

/**
 * Opens an index file that FAISS wrote, by the backend that suits it, and says in the log which and why.
 *
 * @throws Error if the file is damaged, if its kind needs faiss-node and that cannot be loaded, or if
 *   an option contradicts the file.
 */
export async function openIndex(file: string, options: OpenIndexOptions): Promise<VectorIndex> {
  const { backend = "auto", threads, searchWidth, log } = options;
  const header = headerOf(file);
  const patch = searchWidth === undefined || searchWidth === header.searchWidth?.value ? undefined : searchWidthBytes(header, searchWidth);
  const chosen = backend === "auto" ? (header.kind === "flat" ? "exact" : "faiss") : backend;

  let because = backend === "auto" ? `the index is ${header.kind}` : "the settings say so";
  if (chosen === "faiss") {
    const patched = patch === undefined ? undefined : patchedCopy(file, header, patch, options);
    try {
      const opened = await openFaiss(file, header, patched, options);
      logOpened(opened);
      return opened;
    } catch (error) {
      if (header.kind !== "flat") throw new Error(`${header.kind.toUpperCase()} needs faiss-node: ${messageOf(error)}. Install it with \`npm run setup\`, or save the index as IndexFlatIP`, { cause: error });
      because = `faiss-node cannot serve it (${messageOf(error)}) and the index is flat`;
    }
  }
  const source = fileSource(file);
  try {
    const opened = ExactIndex.open(source, { threads, onHelperLost: (reason) => log({ event: "index-helper-lost", reason }) });
    logOpened(opened);
    return opened;
  } finally {
    source.close();
  }

  function logOpened(index: VectorIndex): void {
    const { dimension, size, metric } = index;
    log({ event: "index-opened", backend: index.backend, because, kind: header.kind, dimension, size, metric, searchWidth: searchWidth ?? header.searchWidth?.value });
  }
}

function headerOf(file: string): IndexHeader {
  const source = fileSource(file);
  try {
    return readIndexHeader(source);
  } finally {
    source.close();
  }
}

interface PatchedCopy {
  readonly file: string;
  remove(): void;
}

/** faiss-node can set neither nprobe nor efSearch, but both stand in the file: FAISS is given a copy that says what is asked. */
function patchedCopy(file: string, header: IndexHeader, patch: Buffer, { temporaryFolder = tmpdir() }: OpenIndexOptions): PatchedCopy {
  try {
    const folder = mkdtempSync(join(temporaryFolder, "index-"));
    const copy = join(folder, "patched.index");
    copyFileSync(file, copy, constants.COPYFILE_FICLONE);
    const descriptor = openSync(copy, "r+");
    try {
      writeSync(descriptor, patch, 0, patch.length, header.searchWidth!.offset);
    } finally {
      closeSync(descriptor);
    }
    return { file: copy, remove: () => rmSync(folder, { recursive: true, force: true }) };
  } catch (error) {
    throw new Error(`searchWidth is not the ${header.searchWidth!.value} of the index file, and the copy of it that says so cannot be written: ${messageOf(error)}. Make ${temporaryFolder} writable (docker run --tmpfs ${temporaryFolder}), or leave searchWidth out`, { cause: error });
  }
}

async function openFaiss(file: string, header: IndexHeader, patched: PatchedCopy | undefined, { log }: OpenIndexOptions): Promise<VectorIndex> {
  const onCrash = (crash: object): void => log({ event: "index-process-died", ...crash });
  // The copy stays while the index is open: the process that follows a dead one reads it again.
  return patched === undefined ? FaissIndex.open(file, header, { onCrash }) : FaissIndex.open(patched.file, header, { onCrash, onClosed: patched.remove });
}
