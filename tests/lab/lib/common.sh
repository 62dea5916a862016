# What every part of the lab needs: where things lie, messages, locks, and who is still alive.
# Sourced by tests/lab/lab.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034

cache=${TLSPOLICY_LAB_CACHE:-/var/cache/tlspolicy/lab}
# On disk beside the bases, not on a tmpfs: before Linux 6.6 a tmpfs has no user.* attributes.
run_dir=$cache/run
boot_limit=60

say() { printf 'lab: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

usage() {
  say "$*"
  say "usage: lab base SUITE [SECTION...] | up NAME SUITE [--with SECTION] [--with-parent PID] [--limit S]"
  say "     | run [-t] NAME CMD..."
  say "     | net NAME CMD... | path NAME | push NAME SRC DST | list | down NAME... | down --all"
  exit 2
}

need_root() { ((EUID == 0)) || die "needs root (namespaces, mounts, cgroups): use sudo"; }

need_tools() {
  local tool
  for tool; do
    command -v "$tool" >/dev/null ||
      die "'$tool' is missing: apt-get install --no-install-recommends \$(tools/packages lab)"
  done
}

# 0700: a base holds setuid programs that nobody will ever update.
make_folders() {
  mkdir -p "$cache"
  chmod 0700 "$cache"
  mkdir -p "$run_dir"
}

# locked FILE COMMAND...: one at a time. Children that live on must close descriptor 9.
locked() {
  local file=$1
  shift
  exec 9>"$file"
  flock 9
  "$@"
  exec 9>&-
}

# Sleeps without a fork: keepers do this all day.
pause() {
  [[ ${never:-} ]] || exec {never}<> <(:)
  read -rt "$1" -u "$never" || true
}

# identity PID: REPLY becomes PID:START, which no later process with the same number can have.
# Fails for the dead, and for a zombie: nobody has collected it yet, but it does nothing any more.
identity() {
  local stat fields
  { read -rd '' stat <"/proc/$1/stat"; } 2>/dev/null || [[ ${stat:-} ]] || return 1
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != [ZX] ]] || return 1
  REPLY=$1:${fields[19]}
}

lives() {
  local REPLY
  identity "${1%%:*}" && [[ $REPLY == "$1" ]]
}
