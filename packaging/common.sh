# Shared by run.sh and test.sh: installing what is missing, configuring, building. Sourced, not run.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

say() { printf '== %s\n' "$*" >&2; }
die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

jobs() { nproc 2>/dev/null || echo 2; }

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'; }

# install_missing KIND...: the packages of these kinds in dependencies.txt that are not there yet.
install_missing() {
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || {
    say "no apt here: make sure yourself that the libraries in packaging/dependencies.txt are installed"
    return 0
  }
  local kind name wanted=" $* " missing=()
  while read -r kind name _; do
    [[ $kind == \#* || -z ${name:-} || $wanted != *" $kind "* ]] && continue
    [[ $kind == build && $name == libtorch-dev && -n ${libtorch:-} ]] && continue
    installed "$name" || missing+=("$name")
  done <"$root/packaging/dependencies.txt"
  [[ ${#missing[@]} -eq 0 ]] && return 0

  local as_root=()
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || die "these packages are missing, and there is no sudo to install them: ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3)
  "${apt[@]}" update -qq || say "apt-get update failed; going on with the package lists that are there"
  "${apt[@]}" install -y -qq --no-install-recommends "${missing[@]}" >&2 ||
    die "apt-get could not install: ${missing[*]}"
}

# configure FOLDER [cmake arguments...]
configure() {
  local folder=$1
  shift
  local launcher=()
  command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  cmake -S "$root" -B "$folder" -G Ninja "${launcher[@]}" "$@"
}

build() { cmake --build "$1" --parallel "$(jobs)" "${@:2}"; }

# The argument of --libtorch as an absolute path; a folder that holds no LibTorch is refused at once.
libtorch_root() {
  local dir
  dir=$(cd "$1" 2>/dev/null && pwd) || die "--libtorch $1: no such folder"
  [[ -f $dir/share/cmake/Torch/TorchConfig.cmake ]] ||
    die "--libtorch $1: no share/cmake/Torch/TorchConfig.cmake in it (give the root of a LibTorch, or the folder torch of an installed PyTorch)"
  printf '%s\n' "$dir"
}
