/** Families of SageMaker instances with disks built in. */
const families = new Set("c5d c6gd dl1 g4dn g5 g6 g6e g7 g7e m5d m6gd p4d p4de p5 p5e p5en p6-b200 p6-b300 p6e-gb200 r5d r6gd r7gd trn1 trn1n trn2".split(" "));

/**
 * Whether the disks of a type (`ml.g5.xlarge`) are built in. Hardware encrypts them, and SageMaker refuses a key for them
 * (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html).
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html, read 2026-11-25.
 */
export const hasLocalStorage = (type: string): boolean => families.has(type.split(".")[1] ?? "");
