import type { Json } from "./json";
import type { RuntimeName } from "./runtimes";

/** The file at the root of every artifact (`model.tar.gz`) that says what else is in it. */
export const ARTIFACT_MANIFEST = "slipway.json";

/** What `slipway.json` holds. */
export interface ArtifactManifest {
  readonly manifestVersion: 1;
  readonly runtime: RuntimeName;
  /** The model and version it was packed for, for people to read. */
  readonly model: string;
  readonly version: string;
  /** Every other file of the artifact, by its path with `/`. A file that is not listed is refused. */
  readonly files: { readonly [path: string]: { readonly bytes: number; readonly sha256: string } };
  /** Which file plays which part for the runtime: `{ "network": "model.onnx" }`. */
  readonly roles: { readonly [role: string]: string };
  /** Free facts about how it was made. */
  readonly about?: { readonly [key: string]: Json };
}
