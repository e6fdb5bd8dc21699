import * as pulumi from "@pulumi/pulumi";

/**
 * A node of the resource tree that owns planned resources. It has no settings:
 * what it creates, and how, is in the plan.
 */
export abstract class Component extends pulumi.ComponentResource {
  /** Pulumi's name of this component; every child's begins with it. */
  readonly logicalName: string;

  /** @param kind the last part of the type token: `slipway:index:<kind>`. */
  protected constructor(kind: string, logicalName: string) {
    super(`slipway:index:${kind}`, logicalName);
    this.logicalName = logicalName;
  }

  /**
   * Options for a child of this name.
   * @param autoNamed AWS will see the name, which can hold no slash.
   * @throws Error where the name does not begin with the component's: two components could then make the same one.
   */
  childOptions(name: string, autoNamed = false): { parent: Component } {
    const prefix = `${this.logicalName}${autoNamed ? "-" : "/"}`;
    if (!name.startsWith(prefix)) throw new Error(`the resource "${name}" of component "${this.logicalName}" must be named "${prefix}…"`);
    return { parent: this };
  }

  /** Says that every child has been created. */
  finish(outputs: pulumi.Inputs): void {
    this.registerOutputs(outputs);
  }
}
