/**
 * Bytes. A larger descriptor or contract is refused unread: the four real ones
 * have 1 to 3 KB, and what a reviewer cannot read should not be deployed.
 */
export const MAX_FILE_BYTES = 256 * 1024;

/** Folder of the registry in the repository, of the descriptors in it, and of the contracts. */
export const REGISTRY_FOLDER = "registry";
export const MODELS_FOLDER = "models";
export const CONTRACTS_FOLDER = "contracts";
