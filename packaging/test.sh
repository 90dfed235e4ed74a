#!/usr/bin/env bash
# Installs what is missing, builds everything with warnings as errors, and runs the tests: all of them on Debian's
# LibTorch, then those of the core and the command line on PyTorch 2.13's. Needs no display.
#
#   packaging/test.sh [--libtorch DIR] [--no-torch2] [--no-install] [--jobs N] [-R REGEX]
#
# --libtorch DIR   the first build uses this LibTorch instead of Debian's
# --no-torch2      leave out the second build
# --no-install     touch no packages
# --jobs N         tests that run at the same time (default 2)
# -R REGEX         only the tests whose name matches
set -uo pipefail
. "$(dirname "$0")/common.sh"

torch2_version=2.13.0
libtorch="" torch2=yes install=yes parallel=2 filter=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --libtorch) [[ $# -gt 1 ]] || die "--libtorch needs a folder"; libtorch=$(libtorch_root "$2") || exit 1; shift 2 ;;
    --no-torch2) torch2=no; shift ;;
    --no-install) install=no; shift ;;
    --jobs) [[ $# -gt 1 ]] || die "--jobs needs a number"; parallel=$2; shift 2 ;;
    -R) [[ $# -gt 1 ]] || die "-R needs a pattern"; filter=(-R "$2"); shift 2 ;;
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    *) echo "test.sh: unknown argument '$1' (see --help)" >&2; exit 2 ;;
  esac
done

export QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8
# Two test programs share the cores: threads that wait must not spin.
export OMP_WAIT_POLICY=passive

# check FOLDER SUMMARY [cmake arguments]: configures, builds, tests; leaves the log of the tests in SUMMARY.
check() {
  local folder=$1 log=$2
  shift 2
  # Everything must be there: a build that went without ONNX or OpenCV would pass by skipping.
  configure "$folder" -DUNITSCOPE_WERROR=ON -DUNITSCOPE_TESTS=ON -DUNITSCOPE_CLI=ON -DUNITSCOPE_ONNX=ON \
    -DUNITSCOPE_OPENCV=ON -DUNITSCOPE_HDF5=ON -DUNITSCOPE_LIBLINEAR=ON -DUNITSCOPE_GIF=ON -DUNITSCOPE_BENCHMARK=ON "$@" || return 1
  build "$folder" || return 1
  ctest --test-dir "$folder" -j "$parallel" --output-on-failure --timeout 900 "${filter[@]}" | tee "$log"
  local status=${PIPESTATUS[0]}
  local skipped
  skipped=$(sed -n '/^SKIP /{s/^SKIP *: *//;p}; s/.*Unitscope skips: /skips: /p' \
    "$folder/Testing/Temporary/LastTest.log" 2>/dev/null | sort -u)
  [[ -n $skipped ]] && printf 'Skipped:\n%s\n' "$skipped"
  return "$status"
}

# Makes the environment that holds PyTorch 2.13 and prints the root of its LibTorch; says why where it cannot.
torch2_root() {
  local venv=$root/build-torch2/venv
  if [[ ! -x $venv/bin/pip ]]; then
    # Half an environment, as a failure leaves it, would stand in the way of the next try.
    python3 -m venv --clear "$venv" >&2 ||
      { rm -rf "$venv"; say "python3 -m venv failed (is python3-venv installed?)"; return 1; }
  fi
  if ! "$venv/bin/python" -c "import torch, sys; sys.exit(not torch.__version__.startswith('$torch2_version'))" 2>/dev/null; then
    local space
    space=$(df --output=avail -k "$root" | tail -1)
    [[ $space -gt 4000000 ]] || { say "less than 4 GB free for it"; return 1; }
    # The CPU build: from PyTorch's own index where pip's usual ones lack it. A plain `torch` brings gigabytes of CUDA.
    local pip=("$venv/bin/pip" install --quiet --disable-pip-version-check --retries 2)
    "${pip[@]}" "torch==$torch2_version+cpu" numpy >&2 ||
      "${pip[@]}" --index-url https://download.pytorch.org/whl/cpu "torch==$torch2_version+cpu" numpy >&2 ||
      { say "pip could not install torch==$torch2_version+cpu"; return 1; }
  fi
  "$venv/bin/python" -c 'import os, torch; print(os.path.dirname(torch.__file__))'
}

# Adds to that environment what exports real architectures for the tests; without it those tests skip and say so.
add_exporters() {
  local python=$root/build-torch2/venv/bin/python
  # Looked for, not imported: torchvision stumbles beside PyTorch's CPU build until it is told (export_architecture.py).
  "$python" -c 'import importlib.util as u, sys; sys.exit(None in map(u.find_spec, sys.argv[1:]))' \
    numpy onnx onnxscript timm torchvision huggingface_hub && return 0
  local pip=("$python" -m pip install --quiet --disable-pip-version-check --retries 2)
  # Their own wish for a PyTorch would replace the CPU build by one with CUDA.
  "${pip[@]}" numpy pillow onnx onnxscript safetensors pyyaml tqdm click 'httpx2>=2,<3' requests filelock packaging fsspec >&2 &&
    "${pip[@]}" --no-deps torchvision==0.28.0 timm huggingface_hub hf_xet >&2 ||
    say "pip could not install the exporters (torchvision, timm, onnx, onnxscript)"
}

[[ $install == yes ]] && install_missing build window test
torch2_dir=""
if [[ $torch2 == yes ]] && torch2_dir=$(torch2_root); then
  add_exporters
fi
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

say "core, window and command line${libtorch:+ on $libtorch}"
main_status=0
check "$root/build${libtorch:+-libtorch}" "$logs/main" -DUNITSCOPE_GUI=ON \
  ${libtorch:+-DCMAKE_PREFIX_PATH="$libtorch"} || main_status=1

torch2_status=0 torch2_line=""
if [[ $torch2 == no ]]; then
  torch2_line="skipped (--no-torch2)"
elif [[ -z $torch2_dir ]]; then
  torch2_line="skipped: PyTorch $torch2_version cannot be had here"
elif [[ ! -s $logs/main ]]; then
  torch2_line="skipped: the first build failed"
else
  say "core and command line on PyTorch $torch2_version"
  # Whether it compiles and is right, not how fast it is: -O1 takes half the compiler's time.
  check "$root/build-torch2" "$logs/torch2" -DUNITSCOPE_GUI=OFF -DCMAKE_PREFIX_PATH="$torch2_dir" \
    -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG" || torch2_status=1
  torch2_line=$(grep -E 'tests passed|No tests were found' "$logs/torch2" || echo "did not build")
fi

echo
echo "Core and command line on PyTorch $torch2_version: $torch2_line"
if [[ $main_status -ne 0 && ! -s $logs/main ]]; then
  echo "Everything on the default LibTorch: did not build"
else
  sed -n '/tests passed\|No tests were found/,$p' "$logs/main"
fi
[[ $main_status -eq 0 && $torch2_status -eq 0 ]]
