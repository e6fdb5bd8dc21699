import { closeSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "./failure";
import type { Log } from "./core/log";

/** `<user>:<group>`, as numbers: an image need not know their names. */
export const USER_VARIABLE = "SLIPWAY_USER";

/**
 * Leaves root for the user that the image names, for good. SageMaker starts every container as root,
 * and a `USER` of the image may not be able to read what it mounts
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html), so whether it can
 * is tried first: where not, the process stays root and the log says why. Does nothing in a process
 * that is not root's.
 *
 * Call it when everything that only root may read has been read, and before a thread or a process is started.
 *
 * @param folder the model's, which must stay readable.
 * @throws Error for a variable that is no user.
 */
export function leaveRoot(environment: NodeJS.ProcessEnv, folder: string, log: Pick<Log, "info" | "warn">): void {
  const written = environment[USER_VARIABLE];
  if (written === undefined || process.getuid?.() !== 0) return;
  const [user, group] = parse(written);
  const refused = whyNotReadable(folder, user, group);
  if (refused !== undefined) return log.warn({ event: "stays-root", user: written, reason: refused });
  try {
    process.setgroups!([]);
    process.setgid!(group);
    process.setuid!(user);
  } catch (error) {
    return log.warn({ event: "stays-root", user: written, reason: messageOf(error) });
  }
  log.info({ event: "left-root", user: written });
}

function parse(written: string): readonly [user: number, group: number] {
  const [, user, group] = /^([1-9]\d{0,8}):([1-9]\d{0,8})$/.exec(written) ?? [];
  if (user === undefined) throw new Error(`${USER_VARIABLE} is ${JSON.stringify(written)}; it must be <user>:<group>, as numbers above 0`);
  return [Number(user), Number(group)];
}

/** Reads as that user and is root again. What fails for root as well is not a matter of users. */
function whyNotReadable(folder: string, user: number, group: number): string | undefined {
  try {
    process.setegid!(group);
    process.seteuid!(user);
    openAll(folder);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "EACCES" || code === "EPERM" ? messageOf(error) : undefined;
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}

function openAll(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openAll(path);
    else if (entry.isFile()) closeSync(openSync(path, "r"));
  }
}
