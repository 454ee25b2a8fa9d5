#!/usr/bin/env bash
# Builds the stand-ins for Microsoft.ML and TorchSharp into artifacts/polyfill (called by eng/Packages.targets).
# Arguments: the dotnet host, the pre-release label, the stamp to leave when done.
set -euo pipefail
dotnet=$1 label=$2 stamp=$3
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$root/artifacts/polyfill
log=$out/build.log
mkdir -p "$out"

# Two restores may get here at the same time: the second waits, and finds the work done.
exec 9>"$out/lock"
flock 9
if [ -f "$out/stamp.txt" ] && [ "$(cat "$out/stamp.txt")" = "$stamp" ]; then exit 0; fi

needed=()
[ -f /usr/include/torch/csrc/api/include/torch/types.h ] || needed+=(libtorch-dev)
compgen -G '/usr/lib/*/openblas-openmp/libblas.so.3' > /dev/null || needed+=(libopenblas0-openmp)
command -v g++ > /dev/null || needed+=(g++)
if [ ${#needed[@]} -gt 0 ]; then
  install="apt-get install -y --no-install-recommends ${needed[*]}"
  if ! command -v apt-get > /dev/null; then
    echo "error VAE0003: the TorchSharp stand-in needs libtorch 1.13 with headers, OpenBLAS (openmp build) and g++ (Debian: ${needed[*]})." >&2; exit 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    echo "error VAE0003: the TorchSharp stand-in needs system packages. Run this once, then again what you ran: sudo $install" >&2; exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  lock="-o DPkg::Lock::Timeout=600"
  { $install $lock || { apt-get update && $install $lock; }; } > "$log" 2>&1 < /dev/null \
    || { tail -n 20 "$log" >&2; echo "error VAE0004: '$install' failed (the whole log is in artifacts/polyfill/build.log)." >&2; exit 1; }
fi

rm -f "$out"/*.nupkg
for project in Microsoft.ML/Microsoft.ML.Package.csproj TorchSharp/cpu/TorchSharp-cpu.csproj; do
  "$dotnet" pack "$root/src/polyfill/$project" -nologo -v q -nodeReuse:false -p:PolyfillLabel="$label" -p:PackageOutputPath="$out/" > "$log" 2>&1 < /dev/null \
    || { tail -n 40 "$log" >&2; echo "error VAE0005: building the stand-in $project failed (the whole log is in artifacts/polyfill/build.log)." >&2; exit 1; }
done
echo "$stamp" > "$out/stamp.txt"
