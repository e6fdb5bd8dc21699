import type { ControlContext } from "./context";
import { validationException } from "./errors";
import type { Tag } from "./store";

export function addTags(context: ControlContext, { ResourceArn, Tags }: { readonly ResourceArn: string; readonly Tags: readonly Tag[] }) {
  checkKnown(context, ResourceArn);
  context.store.tag(ResourceArn, Tags);
  return { Tags: context.store.tagsOf(ResourceArn) };
}

export function deleteTags(context: ControlContext, { ResourceArn, TagKeys }: { readonly ResourceArn: string; readonly TagKeys: readonly string[] }) {
  checkKnown(context, ResourceArn);
  for (const key of TagKeys) context.store.tags.get(ResourceArn)?.delete(key);
  return {};
}

export function listTags(context: ControlContext, { ResourceArn }: { readonly ResourceArn: string }) {
  checkKnown(context, ResourceArn);
  return { Tags: context.store.tagsOf(ResourceArn) };
}

/** Every model, config and endpoint has an entry, with or without tags. */
function checkKnown(context: ControlContext, arn: string): void {
  if (!context.store.tags.has(arn)) throw validationException(`Could not find resource "${arn}".`);
}
