#!/bin/sh
# Builds faiss-node's addon from the C++ source in its npm package, against the system's FAISS, in one
# call of the compiler. Debian and Ubuntu: apt-get install g++ libfaiss-dev libopenblas-dev
#
#   scripts/build-faiss.sh [node_modules/faiss-node]
#
# CXX           the compiler; g++ by default
# FAISS_PREFIX  where FAISS is installed, if not in the system's folders
# BLAS_LIBS     -lopenblas by default, else -llapack -lblas
set -eu

package=$(cd "${1:-node_modules/faiss-node}" && pwd)
compiler=${CXX:-g++}
fail() { echo "build-faiss: $1" >&2; exit 3; }

[ -f "$package/src/faiss.cc" ] || fail "no $package/src/faiss.cc"
command -v "$compiler" >/dev/null || fail "no C++ compiler ($compiler)"

# node-addon-api 8, a dev dependency of the container, rather than the 6 that faiss-node names: it can turn every
# C++ exception into a JavaScript error. With 6, an error inside FAISS ends the process.
addon_api=$(node -p 'require("path").dirname(require.resolve("node-addon-api/package.json"))')
node_headers=$(node -p 'require("node-api-headers").include_dir')
[ -f "$node_headers/node_api.h" ] || fail "no node_api.h in $node_headers"

include="" library=""
if [ -n "${FAISS_PREFIX:-}" ]; then include="-I$FAISS_PREFIX/include" library="-L$FAISS_PREFIX/lib"; fi
echo '#include <faiss/Index.h>' | "$compiler" $include -fopenmp -std=c++17 -x c++ -fsyntax-only - 2>/dev/null ||
  fail "no FAISS headers (Debian: apt-get install libfaiss-dev libopenblas-dev)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "${BLAS_LIBS:-}" ]; then
  echo 'int main() {}' >"$work/empty.cc"
  if "$compiler" "$work/empty.cc" -o "$work/empty" -lopenblas 2>/dev/null; then BLAS_LIBS=-lopenblas; else BLAS_LIBS="-llapack -lblas"; fi
fi

# faiss-node is written for FAISS 1.7.4, where idx_t moved from faiss::Index to the namespace. It is
# the one difference that it meets with Debian 12's 1.7.3.
cat >"$work/compatible.h" <<'HEADER'
#include <faiss/Index.h>
#if FAISS_VERSION_MAJOR == 1 && (FAISS_VERSION_MINOR < 7 || (FAISS_VERSION_MINOR == 7 && FAISS_VERSION_PATCH < 4))
namespace faiss { using idx_t = Index::idx_t; }
#endif
HEADER

# The addon keeps its class constructors in variables of the whole process: once a second thread has
# loaded it, reading an index in the first one aborts. One for each thread is what it needs.
sed 's/inline static Napi::FunctionReference \*constructor/inline static thread_local Napi::FunctionReference *constructor/' \
  "$package/src/faiss.cc" >"$work/faiss.cc"

# NODE_ADDON_API_CPP_EXCEPTIONS_ALL: an error inside FAISS is a JavaScript error, not an abort.
# NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS: neither does a thread abort that ends inside the addon.
# nodelete: the end of a thread must not unload libgomp and OpenBLAS under their own threads.
"$compiler" -std=c++17 -O2 -DNDEBUG -fPIC -fopenmp -fvisibility=hidden \
  -DNAPI_VERSION=8 -DNODE_GYP_MODULE_NAME=faiss_node \
  -DNODE_ADDON_API_CPP_EXCEPTIONS_ALL -DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS \
  -include "$work/compatible.h" $include -I"$node_headers" -I"$addon_api" \
  "$work/faiss.cc" -shared -s -Wl,--exclude-libs,ALL -Wl,--as-needed -Wl,-z,nodelete \
  $library -lfaiss $BLAS_LIBS -o "$work/faiss-node.node"

mkdir -p "$package/build/Release"
mv "$work/faiss-node.node" "$package/build/Release/faiss-node.node"
echo "build-faiss: wrote $package/build/Release/faiss-node.node"
