#!/usr/bin/env bash
# Installs what is missing, builds Unitscope and starts it.
#
#   packaging/run.sh [--libtorch DIR] [--build DIR] [--no-install] [arguments of unitscope...]
#
# --libtorch DIR   build against another LibTorch than Debian's: its root folder, or the folder `torch` of an
#                  installed PyTorch (a CUDA build, say)
# --build DIR      build folder (default: build, or build-libtorch with --libtorch)
# --no-install     touch no packages
#
# Without a display and without arguments there is no window to show; then the tour is written as pictures instead.
set -euo pipefail
. "$(dirname "$0")/common.sh"

libtorch="" folder="" install=yes
while [[ $# -gt 0 ]]; do
  case $1 in
    --libtorch) [[ $# -gt 1 ]] || die "--libtorch needs a folder"; libtorch=$(libtorch_root "$2"); shift 2 ;;
    --build) [[ $# -gt 1 ]] || die "--build needs a folder"; folder=$2; shift 2 ;;
    --no-install) install=no; shift ;;
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    *) break ;;
  esac
done

[[ $install == yes ]] && install_missing build window
: "${folder:=$root/build${libtorch:+-libtorch}}"
configure "$folder" -DUNITSCOPE_TESTS=OFF -DUNITSCOPE_GUI=ON ${libtorch:+-DCMAKE_PREFIX_PATH="$libtorch"} >&2
build "$folder" --target unitscope >&2
program=$folder/app/unitscope

if [[ $# -eq 0 && -z ${DISPLAY:-} && -z ${WAYLAND_DISPLAY:-} ]]; then
  tour=$root/out/tour
  say "no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window: writing the tour to $tour instead"
  mkdir -p "$tour"
  exec env QT_QPA_PLATFORM=offscreen "$program" tour --out "$tour"
fi
exec "$program" "$@"
