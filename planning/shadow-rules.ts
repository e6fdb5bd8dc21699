import type { Json } from "../contract/json";
import { listed } from "./faults";
import type { Fault } from "./layers";
import { isObject } from "./merge-patch";
import { nearest } from "./suggest";

type Found = Omit<Fault, "code">[];

const EXCLUSIONS = "https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html";
const CONFIG = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html";

/** The version that answers nobody is one of the model's, and not one that answers. */
export function shadowVersion(shadow: Json | undefined, traffic: Json | undefined, versions: Json | undefined): Found {
  const known = isObject(versions) ? Object.keys(versions) : [];
  return shadowed(shadow).flatMap((version): Found => {
    if (!known.includes(version)) {
      const guess = nearest(version, known);
      const hint = guess === undefined ? `the versions are ${listed(known)}` : `did you mean "${guess}"?`;
      return [{ path: ["shadow", version], at: "key", message: `the shadow is "${version}", which is not among versions`, hint }];
    }
    if (!isObject(traffic) || !Object.hasOwn(traffic, version)) return [];
    return [{ path: ["shadow", version], at: "key", message: `${version} is in the traffic and its own shadow`, hint: "name another version, or take it out of traffic" }];
  });
}

export function shadowOnInstances(shadow: Json | undefined, serving: Json | undefined): Found {
  if (shadowed(shadow).length === 0 || !isObject(serving) || Object.hasOwn(serving, "realtime")) return [];
  const hint = "take shadow out, or write: shadow: null in the environments without a real-time endpoint";
  return [{ path: ["shadow"], at: "key", message: `only real-time endpoints have a shadow, and the model is served by ${Object.keys(serving).join(" and ")}`, hint, source: EXCLUSIONS }];
}

export function shadowOfOne(shadow: Json | undefined, traffic: Json | undefined): Found {
  const count = isObject(traffic) ? Object.keys(traffic).length : 1;
  if (shadowed(shadow).length === 0 || count <= 1) return [];
  const message = `an endpoint with a shadow has one version in its traffic, and there are ${count}`;
  return [{ path: ["shadow"], at: "key", message, hint: "send all traffic to one version while another shadows it", source: CONFIG }];
}

const shadowed = (shadow: Json | undefined): string[] => (isObject(shadow) ? Object.keys(shadow) : []);
