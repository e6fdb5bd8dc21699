import { Component } from "./component";

/** What the models of a stack share: the image they run in, the topic their alarms write to. Type token `slipway:index:SharedResources`. */
export class SharedResources extends Component {
  constructor() {
    super("SharedResources", "shared");
  }
}
