/** An answer of S3 that is not the one asked for, with the code that the SDKs make an exception of. */
export class S3Error extends Error {
  constructor(
    readonly code: S3ErrorCode,
    message: string,
  ) {
    super(message);
    this.name = code;
  }

  get httpStatus(): number {
    return statuses[this.code];
  }
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
const statuses = {
  BadDigest: 400,
  BucketAlreadyOwnedByYou: 409,
  BucketNotEmpty: 409,
  IncompleteBody: 400,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidRange: 416,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NotImplemented: 501,
} as const;
export type S3ErrorCode = keyof typeof statuses;

export const noSuchBucket = (bucket: string): S3Error => new S3Error("NoSuchBucket", `The specified bucket does not exist: ${bucket}`);
export const noSuchKey = (key: string): S3Error => new S3Error("NoSuchKey", `The specified key does not exist: ${key}`);
