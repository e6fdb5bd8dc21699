import * as fs from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { CONTRACTS_FOLDER, MAX_FILE_BYTES, MODELS_FOLDER, REGISTRY_FOLDER } from "../contract/registry";
import { localArtifactPaths } from "../planning";
import type { RegistryFile, RegistryFiles } from "../planning/types";
import { lookAtArtifact } from "./artifacts";

const isYaml = (name: string): boolean => /\.ya?ml$/i.test(name);

/**
 * Reads the registry of a repository: `<root>/registry/models/*.yaml` and the
 * YAML files of `<root>/registry/contracts`. Only reads: nothing is decoded or
 * judged. A file that cannot be read safely comes back with the reason, never as
 * an exception, so that it is reported with everything else.
 *
 * @param root folder of the repository; paths in the result are relative to it.
 */
export function readRegistry(root: string): RegistryFiles {
  return readDescriptors([join(REGISTRY_FOLDER, MODELS_FOLDER)], root);
}

/**
 * Reads descriptors from anywhere: a file as it is; a folder for the YAML files
 * in it, or in its `models` where it has one. Contracts come from the `contracts`
 * folder beside `models`; for a descriptor outside a folder of that name, from
 * the one beside the file. Of the artifacts that they name below `base`, sha256 and size.
 *
 * @param paths files or folders; relative ones count from `base`.
 * @param base folder that the paths in the result are relative to.
 * @throws NodeJS.ErrnoException where one of `paths` itself does not exist.
 */
export function readDescriptors(paths: readonly string[], base: string): RegistryFiles {
  const descriptors = new Map<string, RegistryFile>();
  const contracts = new Map<string, RegistryFile>();
  const contractFolders = new Set<string>();
  for (const { path, folder } of paths.flatMap((given) => descriptorFiles(resolve(base, given)))) {
    const name = portable(base, path);
    descriptors.set(name, readInside(path, folder, name));
    contractFolders.add(contractFolderOf(path));
  }
  for (const folder of contractFolders) {
    for (const path of yamlFilesBelow(folder)) {
      const name = portable(base, path);
      contracts.set(name, readInside(path, folder, name));
    }
  }
  const artifacts = localArtifactPaths([...descriptors.values()]).map((path) => lookAtArtifact(base, path));
  return { descriptors: byPath(descriptors), contracts: byPath(contracts), ...(artifacts.length === 0 ? {} : { artifacts }) };
}

/** The files that one path stands for, each with the folder that it may not link out of. */
function descriptorFiles(path: string): { path: string; folder: string }[] {
  if (!fs.statSync(path).isDirectory()) return [{ path, folder: dirname(path) }];
  const inner = join(path, MODELS_FOLDER);
  const folder = isDirectory(inner) ? inner : path;
  return fs
    .readdirSync(folder)
    .filter(isYaml)
    .map((name) => ({ path: join(folder, name), folder }));
}

function contractFolderOf(descriptor: string): string {
  const folder = dirname(descriptor);
  return join(basename(folder) === MODELS_FOLDER ? dirname(folder) : folder, CONTRACTS_FOLDER);
}

/** At any depth; none where there is no such folder. A link to a folder is not followed. */
function yamlFilesBelow(folder: string): string[] {
  if (!isDirectory(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return yamlFilesBelow(path);
    return isYaml(entry.name) ? [path] : [];
  });
}

/** Reads a plain file of a sensible size that does not lead out of `folder`. */
export function readInside(path: string, folder: string, name: string): RegistryFile {
  const refuse = (refused: string): RegistryFile => ({ path: name, content: { refused } });
  try {
    const target = fs.realpathSync(path);
    if (!target.startsWith(fs.realpathSync(folder) + sep)) return refuse(`it is a symbolic link that leads out of ${basename(folder)}/`);
    // Without O_NONBLOCK, opening a named pipe waits for a writer that may never come.
    const descriptor = fs.openSync(target, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      const found = fs.fstatSync(descriptor);
      if (!found.isFile()) return refuse("it is not a plain file");
      if (found.size > MAX_FILE_BYTES) return refuse(`it has ${found.size} bytes, and at most ${MAX_FILE_BYTES} are read`);
      return { path: name, content: fs.readFileSync(descriptor) };
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    return refuse(`it cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

const isDirectory = (path: string): boolean => fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const portable = (base: string, path: string): string => relative(base, path).split(sep).join("/");

const byPath = (files: ReadonlyMap<string, RegistryFile>): RegistryFile[] =>
  [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
