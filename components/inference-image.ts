import * as pulumi from "@pulumi/pulumi";
import { Image, type ImageArgs } from "@pulumi/awsx/ecr/image";

/**
 * The image that models run in, as awsx builds it, pushed in the one format that
 * SageMaker takes: a single Docker manifest. It rejects OCI manifests and indexes
 * ("Unsupported manifest media type", https://github.com/aws/amazon-sagemaker-feedback/issues/180).
 *
 * awsx builds with @pulumi/docker-build, which leaves out the provenance that would make an index
 * (`Attests: {"provenance": nil}`, https://github.com/pulumi/pulumi-docker-build/blob/v0.0.14/provider/internal/client.go).
 * The manifest alone is OCI's since BuildKit 0.31 (https://github.com/moby/buildkit/pull/6824), and awsx
 * has no setting for that: hence the transform.
 *
 * `imageUri` is `<repository>@sha256:…` (https://github.com/pulumi/pulumi-awsx/blob/v3.9.0/awsx/ecr/image.ts),
 * so no tag can move under a live model.
 */
export class InferenceImage extends Image {
  constructor(name: string, args: ImageArgs, options: pulumi.ComponentResourceOptions = {}) {
    // Transforms are the engine's; without one (the SDK's mocks) nothing is built either.
    super(name, args, { ...options, transforms: pulumi.runtime.hasEngine() ? [pushDockerManifest] : [] });
  }
}

/** Replaces the plain `push` of the image below awsx's component by an export that says which format. */
export const pushDockerManifest = ({ type, props, opts }: pulumi.ResourceTransformArgs): pulumi.ResourceTransformResult | undefined =>
  type === "docker-build:index:Image" ? { props: { ...props, push: false, exports: [{ registry: { ociMediaTypes: false } }] }, opts } : undefined;
