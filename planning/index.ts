/** Planning: pure data to data. Nothing below here reads files, the clock or the environment. */
export { loadRegistry, type LoadedRegistry } from "./load";
export { localArtifactPaths } from "./local-artifacts";
export { planStack } from "./plan";
export { parseStackFile, unknownStack } from "./stack-file";
