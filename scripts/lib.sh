# What the scripts share. Sourced, not run.

say() { printf '\n== %s\n' "$*"; }
die() { printf '\nFAILED: %s\n' "$*" >&2; exit 1; }

# The tools that a machine must bring along; everything else the scripts install by themselves.
need_tools() {
  local tool missing=()
  for tool in "$@"; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [ ${#missing[@]} -eq 0 ] || die "missing: ${missing[*]}. Install Rust (rustup), a C compiler, Node 20 and Python 3.11, then run this again"
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

port_free() { ! port_taken "$1"; }

# Waits until `$2…` succeeds, at most $1 seconds.
wait_for() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}

# Makes the Python environment $1 with exactly what the file $2 pins, unless it is there already.
python_environment() {
  # The copy inside the environment marks an installation that was completed.
  cmp -s "$2" "$1/requirements.txt" && return
  rm -rf "$1"
  python3 -m venv "$1"
  "$1/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$2"
  cp "$2" "$1/requirements.txt"
}

# Every context's package, as arguments of cargo: their binaries are the functions. The hack has no binary; with it
# their dependencies are those that the tests are built with.
function_packages() {
  local context
  printf -- '-p workspace-hack '
  for context in functions/*/; do printf -- '-p %s ' "$(basename "$context")"; done
}
