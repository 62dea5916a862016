#!/bin/bash
# Proves what README.md claims of the lab on both suites: hosts boot, commands pass through, and
# nothing is left mounted, running or changed, also after kill -9. Run as root: test_lab.sh [SUITE...]
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lab=$here/lab
runs=${TLSPOLICY_LAB_CACHE:-/var/cache/tlspolicy/lab}/run
host=selftest-$$
failures=0

check() { # WHAT COMMAND...
  local what=$1
  shift
  if "$@"; then
    echo "ok      $what"
  else
    echo "NOT OK  $what"
    failures=$((failures + 1))
  fi
}

equal() { [[ $1 == "$2" ]] || { printf '  is:     %s\n  should: %s\n' "$1" "$2"; false; }; }

# until_true SECONDS COMMAND...
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.05
  done
}

# The traces that a host of ours can leave on the machine, one per line.
traces() {
  local leaders cmdline words
  find /sys/fs/cgroup -maxdepth 2 -name "tlspolicy-lab.$host*" -printf 'cgroup %p\n'
  find "$runs" -maxdepth 1 -name "$host*" -printf 'folder %p\n'
  grep -lsE "$runs/$host" /proc/[0-9]*/mountinfo | sed 's/^/mount seen in /' || true
  for cmdline in /proc/[0-9]*/cmdline; do # builtins only: grep would find itself
    words=()
    { mapfile -td '' words <"$cmdline"; } 2>/dev/null || true
    [[ ${words[*]} != *"$host"* ]] || echo "process $cmdline: ${words[*]}"
  done
  for leaders in $netns; do
    find /proc/[0-9]*/ns -name net -lname "$leaders" -printf 'network %p\n' 2>/dev/null || true
  done
}
netns=''

remember_netns() {
  local root
  root=$("$lab" path "$1")
  netns+=" $(readlink "${root%/root}/ns/net" | tr '[]' '??')" # a pattern, for find
}

clean() { [[ -z $(traces) ]]; }
no_traces() { until_true "${1:-3}" clean || { traces | sed 's/^/  /'; false; }; }

# What a careless container manager changes on the machine: modes of device nodes, names in /run
# and /tmp, limits, mounts, groups, links.
machine() {
  stat -c '%n %A %U:%G %t:%T' /dev/* | grep -v '/dev/pts\|/dev/fd'
  cat /etc/hosts /etc/hostname /etc/resolv.conf /etc/machine-id 2>/dev/null | sha256sum
  hostname
  sysctl -n fs.inotify.max_user_instances kernel.pid_max net.ipv4.ip_forward
  awk '{print $5, $9}' /proc/self/mountinfo
  ip -br link
  find /run/systemd /run/netns /var/lib/machines /tmp -maxdepth 2 -name '*nspawn*' 2>/dev/null || true
}

test_commands() {
  local suite=$1 began=$EPOCHREALTIME
  "$lab" up "$host" "$suite" --with-parent $$
  echo "        ($host booted in $(bc_seconds "$began") s)"
  remember_netns "$host"
  # Without this control an empty list of traces would prove nothing.
  check "traces of a live host are seen" equal "$(traces | cut -d' ' -f1 | sort -u | xargs)" \
    "cgroup folder mount network process"
  check "$suite: systemd is running" equal "$("$lab" run "$host" systemctl is-system-running)" running
  check "$suite: it is that suite" "$lab" run "$host" grep -q "VERSION_CODENAME=$suite" /etc/os-release
  check "$suite: Apache and sshd are up" "$lab" run "$host" systemctl -q is-active apache2 ssh
  local status=0
  "$lab" run "$host" sh -c 'exit 7' || status=$?
  check "exit status passes through" equal $status 7
  check "standard input and output pass through" equal "$(echo hello | "$lab" run "$host" cat)" hello
  # shellcheck disable=SC2016
  check "the environment is clean" equal "$(SECRET=1 "$lab" run "$host" sh -c 'echo ${SECRET:-none} $HOME $LANG')" \
    "none /root C.UTF-8"
  check "no terminal without -t" equal "$("$lab" run "$host" tty </dev/null || true)" "not a tty"
  check "a terminal with -t" equal "$("$lab" run -t "$host" tty </dev/null | tr -d '\r')" /dev/pts/0
  check "its cgroup is the host's" equal "$("$lab" run "$host" sed -n 's/^0:://p' /proc/self/cgroup)" /init.scope
  check "the machine's programs reach it" "$lab" net "$host" bash -c "exec 3<>/dev/tcp/$host/22"
  check "its network is not the machine's" test "$("$lab" net "$host" ls -l /proc/self/ns/net)" != "$(ls -l /proc/self/ns/net)"
  test_stopped
  test_push
  test_exchange
  check "a second host of that name is refused" not "$lab" up "$host" "$suite"
  began=$EPOCHREALTIME
  "$lab" down "$host"
  echo "        ($host was down in $(bc_seconds "$began") s)"
  check "$suite: down leaves nothing" no_traces 0
}

not() { ! "$@" >/dev/null 2>&1; }
bc_seconds() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f", b - a }'; }

# A reboot stops all processes before it kills them: what waits outside must not stay stopped.
# shellcheck disable=SC2016
test_stopped() {
  "$lab" run "$host" sh -c 'echo $$ >/run/stopped; kill -STOP $$' 2>/dev/null &
  local waiting=$!
  check "a command is stopped" until_true 5 is_stopped
  "$lab" run "$host" sh -c 'kill -KILL $(cat /run/stopped)'
  check "the end of a stopped command is seen" until_true 5 not kill -0 $waiting
  kill -CONT $waiting 2>/dev/null || true # of a lab that failed: nothing shall remain
  wait $waiting || true
}

# shellcheck disable=SC2016
is_stopped() { "$lab" run "$host" sh -c 'grep -q "^State:.T" /proc/$(cat /run/stopped)/status' 2>/dev/null; }

test_push() {
  "$lab" push "$host" "$here/lab" /root/copy
  check "push copies content and mode" equal "$("$lab" run "$host" sh -c 'stat -c %a /root/copy; sha256sum </root/copy')" \
    "$(stat -c %a "$here/lab"; sha256sum <"$here/lab")"
  "$lab" run "$host" ln -s /etc/pushed-by-selftest /root/link
  "$lab" push "$host" "$here/README.md" /root/link
  check "push follows the host's links, not the machine's" test ! -e /etc/pushed-by-selftest
  "$lab" push "$host" "$here/lib" /root/folder/lib
  check "push copies folders" "$lab" run "$host" test -f /root/folder/lib/base.sh
}

# What atomic changes and byte-for-byte comparisons need of the file system.
test_exchange() {
  check "extended attributes and ACLs work" "$lab" run "$host" sh -ec \
    'cp /etc/hostname /etc/x; setfattr -n user.a -v 1 /etc/x; setfacl -m u:www-data:r /etc/x; getfacl -cp /etc/x | grep -q www-data; rm /etc/x'
  check "RENAME_EXCHANGE works" python3 -c 'if 1:
    import ctypes, os, sys
    etc = sys.argv[1] + "/etc/"
    open(etc + "y", "w").write("new")
    old = open(etc + "hostname").read()
    libc = ctypes.CDLL(None, use_errno=True)
    at = ctypes.c_int(-100)
    swap = lambda: libc.renameat2(at, (etc + "y").encode(), at, (etc + "hostname").encode(), 2)
    assert swap() == 0, os.strerror(ctypes.get_errno())
    assert open(etc + "hostname").read() == "new" and swap() == 0 and open(etc + "hostname").read() == old
    os.unlink(etc + "y")' "$("$lab" path "$host")"
}

test_clones_differ() {
  "$lab" up "$host-a" "$1" --with-parent $$
  "$lab" up "$host-b" "$1" --with-parent $$
  local file
  for file in /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub /etc/ssl/certs/ssl-cert-snakeoil.pem; do
    check "two hosts differ in $file" test "$("$lab" run "$host-a" sha256sum $file)" != "$("$lab" run "$host-b" sha256sum $file)"
  done
  "$lab" run "$host-a" reboot || true
  check "a host comes back from a reboot" until_true 20 came_back "$host-a"
  "$lab" down "$host-a" "$host-b"
  check "down of two leaves nothing" no_traces 0
}

came_back() {
  local state
  state=$("$lab" run "$1" sh -c 'systemctl is-system-running; ls -d /proc/1/root' 2>/dev/null) || return 1
  [[ $state == running* && $(find "$(cgroup "$1")" -maxdepth 1 -name 'boot.*' | wc -l) == 2 ]]
}

cgroup() { find /sys/fs/cgroup -maxdepth 2 -name "tlspolicy-lab.$1"; }
keeper_of() { cut -d: -f1 "$runs/$1/keeper"; }

test_lifetime() {
  # A shell calls "lab up" and ends: the host stays.
  bash -c '"$1" up "$2" "$3"' - "$lab" "$host" "$1"
  remember_netns "$host"
  check "a host outlives the shell that called up" "$lab" run "$host" true
  kill -9 "$(keeper_of "$host")"
  check "kill -9 of the keeper ends processes, network and mounts" until_true 3 only_folders
  "$lab" list
  check "the next call sweeps the rest" no_traces 0

  # With a parent it ends when the parent does, however that ends.
  sleep 1000 &
  local parent=$!
  "$lab" up "$host" "$1" --with-parent $parent
  remember_netns "$host"
  kill -9 $parent
  wait $parent 2>/dev/null || true
  check "kill -9 of the parent ends the host and leaves nothing" no_traces 3

  test_killed_up "$1"

  "$lab" up "$host" "$1" --with-parent $$
  remember_netns "$host"
  "$lab" run "$host" sleep 1000 &
  local sleeper=$!
  until_true 3 "$lab" run "$host" pgrep -x sleep >/dev/null
  kill -9 $sleeper
  wait $sleeper 2>/dev/null || true
  check "kill -9 of run kills its command" until_true 10 not "$lab" run "$host" pgrep -x sleep
  "$lab" run "$host" setsid sleep 1000 >/dev/null 2>&1 &
  disown
  "$lab" down "$host"
  check "down ends commands that still run" no_traces 1
}

# Killed at several moments while it works, "lab up" must not leave a half host behind.
test_killed_up() {
  local moment pid
  for moment in 0.05 0.15 0.3 0.5; do
    "$lab" up "$host" "$1" 2>/dev/null &
    pid=$!
    sleep "$moment" # not a wait for something: the moment is what is tried
    kill -9 $pid 2>/dev/null || true
    wait $pid 2>/dev/null || true
    until_true 3 clean || "$lab" list >/dev/null # this sweeps what had no keeper yet
    [[ ! -e $runs/$host/ready ]] || "$lab" down "$host"
    check "lab up, killed after $moment s, leaves nothing" no_traces 3
  done
}

begun() { compgen -G "$1.building.*/etc" >/dev/null; }
only_folders() { ! traces | grep -qv '^folder\|^cgroup'; }

# A build that is killed leaves no base and no mounts, and the next one is not disturbed.
test_killed_base() {
  local cache pid
  cache=$(mktemp -d)
  TLSPOLICY_LAB_CACHE=$cache "$lab" base "$1" >/dev/null 2>&1 &
  pid=$!
  check "a base begins" until_true 20 begun "$cache/$1"
  kill -9 $pid
  wait $pid 2>/dev/null || true
  check "no process of a killed build lives" until_true 5 not pgrep -f "$cache"
  check "no mount of a killed build remains" not grep -qs "$cache" /proc/[0-9]*/mountinfo
  check "there is no base" not compgen -G "$cache/$1-*"
  rm -rf "$cache"
}

[[ $# -gt 0 ]] || set -- bookworm trixie
((EUID == 0)) || { echo "test_lab.sh needs root" >&2; exit 2; }
for suite; do "$lab" base "$suite" >/dev/null; done
check "no traces before" clean
before=$(machine)
for suite; do test_commands "$suite"; done
test_clones_differ "$1"
test_lifetime "$1"
test_killed_base "$1"
check "the machine is as before" equal "$(machine)" "$before"
echo "$failures failed"
((failures == 0))
