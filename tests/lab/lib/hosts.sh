# The commands on hosts: up, down, list, run, net, path, push. Sourced by tests/lab/lab.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154,SC2094

# Under the lock: hosts whose keeper is dead lose what they left behind.
sweep() {
  local dir
  for dir in "$run_dir"/*/; do
    [[ -d $dir ]] || continue
    lives "$(cat "$dir/keeper" 2>/dev/null || echo 0)" || remove_host "$(basename "$dir")"
  done
}

# The cgroup of the host's process 1, of its latest boot.
scope() { printf '%s\n' "$(cgroup_of "$1")"/boot.*/payload/init.scope | sort -V | tail -n 1; }

# Prints the host's process 1 as this machine numbers it; fails while there is none.
leader() {
  local procs pid
  procs=$(scope "$1")/cgroup.procs
  [[ -e $procs ]] || return 1
  for pid in $(<"$procs"); do
    # Its last number, in its own namespace, is 1: others in the group are not taken for it.
    if grep -qsE $'^NSpid:.*\t1$' "/proc/$pid/status"; then
      printf '%s\n' "$pid"
      return
    fi
  done
  return 1
}

need_leader() { leader "$1" || die "no host '$1' is up: see 'lab list'"; }

up() {
  local words=() sections=() parent=- suite_base dir
  while (($#)); do
    case $1 in
      --with-parent) identity "${2:-}" || die "--with-parent: no process '${2:-}'"; parent=$REPLY; shift ;;
      --with) sections+=("${2:?}"); shift ;;
      --limit) boot_limit=${2:?}; shift ;;
      *) words+=("$1") ;;
    esac
    shift
  done
  ((${#words[@]} == 2)) || usage "up needs a name and a suite"
  local name=${words[0]} suite=${words[1]}
  [[ $name =~ ^[a-z][a-z0-9-]{0,40}$ ]] || usage "a name is made of a-z, 0-9 and '-', not '$name'"
  need_tools flock ip nsenter setpriv systemd-nspawn unshare
  suite_base=$(base "$suite" ${sections[@]+"${sections[@]}"})
  locked "$run_dir/.lock" start_host "$name" "$suite" "$suite_base" "$parent"
  dir=$run_dir/$name
  if ! wait_until_up "$name"; then
    tail -n 15 "$dir/console.log" >&2 2>/dev/null || true
    stop "$name"
    die "$name did not come up within $boot_limit s"
  fi
  : >"$dir/ready"
}

start_host() {
  local name=$1 suite=$2 suite_base=$3 parent=$4 dir=$run_dir/$1 group
  sweep
  [[ ! -e $dir ]] || die "$name is up already"
  check_inotify
  group=$(cgroup_of "$name")
  remove_host "$name" # an empty group of the same name, left by a lab with another cache
  mkdir "$dir" "$dir/upper" "$dir/work"
  echo "$suite_base" >"$dir/base"
  echo "$suite" >"$dir/suite"
  identity $$
  echo "$REPLY" >"$dir/starter"
  mkdir "$group" "$group/keeper"
  setsid bash "$here/lab" _keep "$name" "$parent" </dev/null >"$dir/console.log" 2>&1 9>&- &
  identity $! && echo "$REPLY" >"$dir/keeper"
}

# Every systemd takes about 7 inotify instances of root's; past the limit a host hangs in boot.
check_inotify() {
  local hosts limit
  hosts=$(find "$run_dir" -mindepth 1 -maxdepth 1 -type d | wc -l)
  limit=$(</proc/sys/fs/inotify/max_user_instances)
  ((hosts * 7 + 7 <= limit)) || die "$hosts hosts are up and fs.inotify.max_user_instances is" \
    "only $limit: raise it for the time (sysctl fs.inotify.max_user_instances=8192)"
}

wait_until_up() {
  local until=$((SECONDS + boot_limit)) state
  while ((SECONDS < until)) && lives "$(cat "$run_dir/$1/keeper" 2>/dev/null || echo 0)"; do
    # Before systemd listens on its socket this fails at once, and we try again.
    state=$(timeout $((until - SECONDS)) bash "$here/lab" run "$1" \
      systemctl is-system-running --wait 2>/dev/null) || true
    case $state in
      running) return 0 ;;
      degraded)
        say "$1 is degraded: these units failed"
        bash "$here/lab" run "$1" systemctl --no-legend --plain --failed >&2
        return 0
        ;;
    esac
    pause 0.05
  done
  return 1
}

# Enters all namespaces of the host, and its cgroup, or programs would see this machine's.
# pdeathsig: whoever kills us kills the command as well. A shell forks it into the host's pid
# namespace: nsenter's own fork stops itself when the command is stopped, as a reboot stops all, and
# once the reboot killed the command nobody would ever wake it.
run() {
  local tty='' name pid
  [[ ${1:-} != -t ]] || { tty=1; shift; }
  (($# >= 2)) || usage "run needs a name and a command"
  name=$1
  shift
  pid=$(need_leader "$name")
  # The machine's terminal does not exist in the host; script makes one that does.
  [[ ! $tty ]] || set -- script -qefc "$(printf '%q ' "$@")" /dev/null
  echo 0 >"$(scope "$name")/cgroup.procs"
  # Its root by itself: where nspawn ran inside a chroot, that of its namespace is the machine's.
  # shellcheck disable=SC2016
  exec nsenter -t "$pid" -a --no-fork --root --wd env -i \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/root USER=root LOGNAME=root SHELL=/bin/bash LANG=C.UTF-8 ${tty:+TERM="${TERM:-xterm}"} \
    sh -c 'setpriv --pdeathsig KILL "$@"; exit $?' - "$@"
}

# Runs a program of this machine in the host's network, with the host's names.
net() {
  (($# >= 2)) || usage "net needs a name and a command"
  local pid hosts=$run_dir/$1/hosts
  pid=$(need_leader "$1")
  shift
  # A bind mount cannot come from another namespace; two may run at the same time.
  cp "/proc/$pid/root/etc/hosts" "$hosts.$$" && mv -f "$hosts.$$" "$hosts"
  # shellcheck disable=SC2016
  exec nsenter --net="/proc/$pid/ns/net" unshare --mount --propagation private \
    bash -c 'mount --bind "$1" /etc/hosts && shift && exec "$@"' - "$hosts" "$@"
}

# Where this machine sees the host's files. Beware: absolute symlinks in it lead to the machine's.
path() {
  (($# == 1)) || usage "path needs a name"
  printf '/proc/%s/root\n' "$(need_leader "$1")"
}

# A file becomes DST, a folder's contents go into DST; written inside, so that links are the host's.
push() {
  (($# == 3)) || usage "push needs a name, a source and a destination"
  if [[ -d $2 ]]; then
    # shellcheck disable=SC2016
    tar -C "$2" --owner=0 --group=0 -c . |
      bash "$here/lab" run "$1" sh -c 'mkdir -p "$1" && tar -xC "$1"' - "$3"
  else
    # shellcheck disable=SC2016
    bash "$here/lab" run "$1" sh -c 'cat >"$1" && chmod "$2" "$1"' - "$3" "$(stat -c %a "$2")" <"$2"
  fi
}

list() {
  local dir
  for dir in "$run_dir"/*/; do
    [[ ! -d $dir ]] || printf '%-24s %-10s %s\n' "$(basename "$dir")" "$(<"$dir/suite")" \
      "$([[ -e $dir/ready ]] && echo up || echo booting)"
  done
}

# A host is thrown away, so it is killed and not shut down.
stop() {
  local keeper tries=300
  keeper=$(cat "$run_dir/$1/keeper" 2>/dev/null) || return 0
  kill_group "$(cgroup_of "$1")"
  while lives "$keeper"; do
    ((tries-- > 0)) || die "the keeper of $1 (process ${keeper%%:*}) does not end"
    pause 0.05
  done
}

down() {
  (($#)) || usage "down needs names, or --all"
  if [[ $1 == --all ]]; then
    mapfile -t names < <(find "$run_dir" -mindepth 1 -maxdepth 1 -type d -printf '%f\n')
    set -- "${names[@]}"
  fi
  local name
  for name; do
    [[ -d $run_dir/$name ]] || die "no host '$name'"
    stop "$name"
  done
  locked "$run_dir/.lock" sweep
}
