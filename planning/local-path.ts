/** The paths of artifacts in the repository that a descriptor may write: below its top, without a way out of it. */
export const LOCAL_PATH = /^\.\/([A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\.tar\.gz$/;

/** An artifact that lies in the repository, as a descriptor writes it: `./models/v4/model.tar.gz`. */
export const isLocalArtifact = (artifact: string): boolean => artifact.startsWith("./");
