import type { Planned, PlannedResource } from "../contract/resources";
import type { ResolvedModel, StackFacts } from "./types";

/** The region of the stack itself, whatever model its facts are for. */
export const homeRegion = (facts: StackFacts): string => facts.homeRegion ?? facts.region;

/** Where a model is served: the region it names, else its stack's. */
export const regionOf = (model: Pick<ResolvedModel, "region">, facts: StackFacts): string => model.region ?? homeRegion(facts);

/** The facts of a stack for what it has in a region: what is planned with them has that region's names, ARNs and prices. */
export function factsIn(facts: StackFacts, region: string): StackFacts {
  const home = homeRegion(facts);
  const { homeRegion: _, ...own } = facts;
  return region === home ? { ...own, region } : { ...own, region, homeRegion: home };
}

/**
 * The end of a name that an account has once for all regions, such as a role's: nothing at home, elsewhere the
 * region. While a model moves, the role that it leaves and the one that it gets exist side by side.
 */
export const globalSuffix = ({ region, homeRegion: home }: StackFacts): readonly string[] => (home === undefined ? [] : [region]);

/**
 * What names that carry content carry of the place: nothing at home, elsewhere the region. What moves gets a new name
 * by it, and with that all that it holds of its region: a replacement under the old name would keep the image of the
 * old one, whose changes are ignored.
 */
export const placeContent = ({ region, homeRegion: home }: StackFacts): { readonly region?: string } => (home === undefined ? {} : { region });

/** What the logical names of shared resources start with; each region beside the stack's own has its own below that. */
const SHARED_PREFIX = "shared/";

/** The logical name of a region's copy of something shared: `shared/data-bucket` → `shared/eu-west-3/data-bucket`. */
const localName = (name: string, region: string): string => (name.startsWith(SHARED_PREFIX) ? `${SHARED_PREFIX}${region}/${name.slice(SHARED_PREFIX.length)}` : name);

/**
 * Resources as their region has them. Everything is planned as if it were in the stack's own region; elsewhere each
 * resource says where, and whatever it takes of what models share is that region's copy. An endpoint takes its
 * image, artifacts, key and alarm topic from its own region alone.
 */
export function placed(resources: readonly PlannedResource[], facts: StackFacts): PlannedResource[] {
  const { region, homeRegion: home } = facts;
  if (home === undefined) return [...resources];
  return resources.map((resource): PlannedResource => {
    const { dependsOn, inputs } = resource;
    return {
      ...resource,
      name: localName(resource.name, region),
      inputs: local(inputs, region),
      region,
      ...(dependsOn === undefined ? {} : { dependsOn: dependsOn.map((name) => localName(name, region)) }),
    } as PlannedResource;
  });
}

/** Planned data whose references are to its region's copies of what is shared. */
export const placedValue = <Value>(value: Planned<Value>, { region, homeRegion: home }: StackFacts): Planned<Value> => (home === undefined ? value : local(value, region));

function local<Value>(value: Value, region: string): Value {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => local(item, region)) as Value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => [key, key === "$ref" ? localName(String(inner), region) : local(inner, region)]),
  ) as Value;
}
