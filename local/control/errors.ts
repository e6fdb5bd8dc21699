/** An answer of the control plane that is not the one asked for, as SageMaker words it. */
export class ControlPlaneError extends Error {
  constructor(
    /** The exception's name on the wire (`__type`). */
    readonly type: "ConflictException" | "ValidationException" | "ResourceExistsException" | "ResourceLimitExceeded" | "ResourceInUse" | "ResourceNotFound" | "ResourceNotFoundException" | "SerializationException" | "UnknownOperationException",
    message: string,
    readonly httpStatus = 400,
  ) {
    super(message);
    this.name = type;
  }
}

export const validationException = (message: string): ControlPlaneError => new ControlPlaneError("ValidationException", message);

const nouns = { model: "model", "endpoint-config": "endpoint configuration", endpoint: "endpoint" } as const;

/** `Could not find endpoint "arn:…".` Terraform, Pulumi and many scripts look for these very words. */
export function notFound(resource: keyof typeof nouns, arn: string): ControlPlaneError {
  return validationException(`Could not find ${nouns[resource]} "${arn}".`);
}

export function alreadyExists(resource: keyof typeof nouns, arn: string): ControlPlaneError {
  return validationException(`Cannot create already existing ${nouns[resource]} "${arn}".`);
}
