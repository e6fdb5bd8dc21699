import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Producer } from "./producer";

/**
 * Makes every file anew and answers which are not as generated; writes them
 * unless it is only to check.
 *
 * @param root folder that the producers' paths count from.
 */
export async function regenerate(root: string, producers: readonly Producer[], { isCheck }: { readonly isCheck: boolean }): Promise<string[]> {
  const stale: string[] = [];
  for (const { path, produce } of producers) {
    const file = join(root, path);
    // A checkout on Windows may have other line ends than what is generated.
    const current = existsSync(file) ? readFileSync(file, "utf8").replaceAll("\r\n", "\n") : "";
    const content = await produce(current);
    if (content === current) continue;
    stale.push(path);
    if (isCheck) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return stale;
}
