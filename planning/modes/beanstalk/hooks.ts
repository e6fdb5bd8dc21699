/**
 * What an instance does around a deployment, as root, before the container is
 * built and after it serves
 * (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-linux-extend.hooks.html).
 * The scripts are the same for every model; what differs is in `slipway/host.json`.
 *
 * `SLIPWAY_ROOT` is for tests alone: on an instance it is not set.
 */
const PRELUDE = [
  "#!/bin/bash",
  "set -euo pipefail",
  'root="${SLIPWAY_ROOT:-}/opt/slipway"',
  // The working folder of a hook is the unpacked bundle.
  `field() { python3 -c 'import json, sys; from functools import reduce; print(reduce(lambda node, key: node[key], sys.argv[1].split("."), json.load(open("slipway/host.json"))))' "$1"; }`,
  'sha256="$(field artifact.sha256)"',
  'model="$root/models/$sha256"',
];

/** Fetches artifact and token with the instance's role. Nothing is in its place before it has been verified. */
export const downloadHook = [
  ...PRELUDE,
  'region="$(field region)"',
  "umask 077",
  "",
  'mkdir -p "$root/models" "$root/serve"',
  "# The token: readable by root alone, never an environment property, which the console shows.",
  'aws secretsmanager get-secret-value --region "$region" --secret-id "$(field tokenSecretArn)" --query SecretString --output text >"$root/serve/token.new"',
  'test -s "$root/serve/token.new"',
  'mv "$root/serve/token.new" "$root/serve/token"',
  'if test -f slipway/spec.json; then cp slipway/spec.json "$root/serve/spec.json"; fi',
  "",
  'if ! test -d "$model"; then',
  '  draft="$(mktemp -d "$root/models/draft.XXXXXX")"',
  `  trap 'rm -rf "$draft"' EXIT`,
  '  aws s3 cp --region "$region" --only-show-errors "$(field artifact.uri)" "$draft/model.tar.gz"',
  '  echo "$sha256  $draft/model.tar.gz" | sha256sum --check --status || { echo "the artifact does not have the sha256 $sha256" >&2; exit 1; }',
  '  mkdir "$draft/model"',
  '  tar --extract --gzip --file "$draft/model.tar.gz" --directory "$draft/model" --no-same-owner --no-same-permissions',
  "  # The server leaves root for a user of its own; on the instance the folders above keep everybody else out.",
  '  chmod -R a+rX "$draft/model"',
  '  mv "$draft/model" "$model"',
  "fi",
  "# Read-only for the container, which starts as root: a bind mount of a read-only mount stays read-only.",
  'mountpoint -q "$model" || mount --bind "$model" "$model"',
  'mount -o remount,bind,ro "$model"',
  "",
].join("\n");

/** Takes away the artifacts that no container uses any more. */
export const pruneHook = [
  ...PRELUDE,
  'for folder in "$root"/models/*; do',
  '  test "$folder" = "$model" && continue',
  '  umount "$folder" 2>/dev/null || true',
  '  rm -rf "$folder"',
  "done",
  "",
].join("\n");
