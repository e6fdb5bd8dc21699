import type { ModelPlan } from "../contract/plan";
import { Component } from "./component";

/** One model of the registry with everything that serves and watches it. Type token `slipway:index:ServedModel`. */
export class ServedModel extends Component {
  constructor(plan: ModelPlan) {
    super("ServedModel", plan.name);
  }
}
