import * as pulumi from "@pulumi/pulumi";
import { BucketObjectv2, type BucketObjectv2Args } from "@pulumi/aws/s3/bucketObjectv2";

export interface BucketObjectArgs extends Omit<BucketObjectv2Args, "source"> {
  /** Path of a file, from the top of the repository, which is where Pulumi runs the program. */
  readonly file?: string;
}

/** An object in S3 whose content stands in the plan, or is a file of the repository: a plan is data, and holds no asset. */
export class BucketObject extends BucketObjectv2 {
  constructor(name: string, { file, ...args }: BucketObjectArgs, options: pulumi.CustomResourceOptions = {}) {
    super(name, file === undefined ? args : { ...args, source: new pulumi.asset.FileAsset(file) }, options);
  }
}
