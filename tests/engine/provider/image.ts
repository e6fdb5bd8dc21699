import type { Properties } from "./catalogue";
import type { Constructed, Construction } from "./construct";
import { holdsUnknown, UNKNOWN } from "./wire";

/**
 * `awsx:ecr:Image` as awsx 3.9 makes it: a component with one docker-build
 * image below it, and the digest-pinned URI as its output.
 */
export async function imageOf({ inputs, register }: Construction): Promise<Constructed> {
  const built = await register("docker-build:index:Image", String(inputs.imageTag), buildInputs(inputs));
  const { digest } = built.state;
  const imageUri = holdsUnknown([digest, inputs.repositoryUrl]) || digest === undefined ? UNKNOWN : `${String(inputs.repositoryUrl)}@${String(digest)}`;
  return { state: { imageUri }, comesFrom: { imageUri: [built] } };
}

function buildInputs({ repositoryUrl, imageTag, context, dockerfile, platform }: Properties): Properties {
  return {
    tags: [repositoryUrl === UNKNOWN ? UNKNOWN : `${String(repositoryUrl)}:${String(imageTag)}`],
    context: { location: context },
    dockerfile: { location: dockerfile },
    platforms: [platform],
    push: true,
  };
}
