import { HOSTING_TYPES_SOURCE, familyOf, hostingInstanceTypes, isArm, isHostingInstance, retiredFamilies } from "../instances";
import type { ModeIssue } from "./mode";

/** What is wrong with an instance type that hosts a model on SageMaker. */
export function hostingInstanceIssues(type: string, path: string): ModeIssue[] {
  if (!isHostingInstance(type)) {
    return [
      {
        code: "instance-unknown",
        path,
        message: `SageMaker hosts no model on "${type}"`,
        hint: suggestion(type),
        source: HOSTING_TYPES_SOURCE,
      },
    ];
  }
  if (isArm(type)) {
    return [
      {
        code: "instance-architecture",
        path,
        message: `${type} has an Arm processor, and the inference image is built for linux/amd64`,
        hint: `write: instance: ${type.replace(/^ml\.([cmr])\d+g[dn]*\./, "ml.$17i.").replace(".medium", ".large")}`,
        source: "https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html",
      },
    ];
  }
  const retired = retiredFamilies[familyOf(type)];
  if (retired === undefined) return [];
  return [
    {
      code: "instance-retired",
      severity: retired.severity,
      path,
      message: retired.severity === "error" ? `${type} is retired: AWS launches no new ones` : `${type} is of a previous generation and is being retired`,
      hint: `write one of the ${retired.instead} family`,
      source: retired.source,
    },
  ];
}

/** The likeliest meant type: `ml.` in front, another size of the family, else a common one. */
function suggestion(type: string): string {
  if (isHostingInstance(`ml.${type}`)) return `did you mean "ml.${type}"?`;
  const sizes = hostingInstanceTypes.filter((known) => familyOf(known) === familyOf(type));
  if (sizes.length > 0) return `of this family there are ${sizes.join(", ")}`;
  if (/^(ml\.)?t\d/.test(type)) return "burstable types host no models; write: instance: ml.m5.large";
  return "write: instance: ml.c5.large, ml.m5.xlarge, ml.g4dn.xlarge, …";
}
