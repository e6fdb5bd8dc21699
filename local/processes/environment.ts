/** What a process needs of the host to run at all; nothing else of the caller's environment gets in. */
const passedOn = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "TZ", "SystemRoot"] as const;

/**
 * The environment of a container process: the model's own entries, what the
 * local machine adds, and no credential or setting of AWS from either side.
 */
export function containerEnvironment(
  host: { readonly [name: string]: string | undefined },
  model: { readonly [name: string]: string },
  added: { readonly [name: string]: string },
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of passedOn) if (host[name] !== undefined) environment[name] = host[name];
  Object.assign(environment, model, added);
  for (const name of Object.keys(environment)) if (/^AWS_/i.test(name)) delete environment[name];
  return environment;
}
