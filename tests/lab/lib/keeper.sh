# The life of a host. A keeper (a detached process) starts it in namespaces and a cgroup of its
# own, watches who it was made for, and clears up behind it. Sourced by tests/lab/lab.
#
# keeper ── unshare ── boot (process 1 of a pid namespace) ── systemd-nspawn ── the host's systemd
#
# Mounts, network and processes belong to the namespaces, so they go when "boot" goes; and it goes
# when unshare does (--kill-child), which goes when the keeper does (pdeathsig). What can remain
# of a keeper killed with -9, a folder and an empty cgroup, is swept by the next call of the lab.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

# An ordinary systemd machine has cgroup2 on /sys/fs/cgroup. With hybrid cgroups it is on
# "unified"; there boot() gives the host a private view that looks like the ordinary one. A group
# at the top is nobody else's: systemd leaves groups alone that it did not make.
cgroup_top() {
  local top
  for top in /sys/fs/cgroup /sys/fs/cgroup/unified; do
    if [[ $(stat -f -c %T "$top" 2>/dev/null) == cgroup2fs ]]; then
      printf '%s\n' "$top"
      return
    fi
  done
  die "no cgroup2 on /sys/fs/cgroup or /sys/fs/cgroup/unified: systemd cannot boot in a container here"
}

cgroup_of() { printf '%s/tlspolicy-lab.%s\n' "$(cgroup_top)" "$1"; }

# keep NAME PARENT: PARENT is the identity of the process to live with, or "-".
keep() {
  local name=$1 parent=$2 dir=$run_dir/$1 group child starter
  close_inherited
  starter=$(<"$dir/starter")
  group=$(cgroup_of "$name")
  identity $BASHPID
  echo "$REPLY" >"$dir/keeper.new"
  mv "$dir/keeper.new" "$dir/keeper"
  start_boot "$name" "$group/keeper" &
  identity $!
  child=$REPLY
  while lives "$child"; do
    [[ -e $dir/ready ]] || lives "$starter" || break # "lab up" was killed half way
    [[ $parent == - ]] || lives "$parent" || break
    pause 0.1
  done
  locked "$run_dir/.lock" remove_host "$name"
}

# A pipe or lock of the caller that we held open would make it wait for us.
close_inherited() {
  local fd
  for fd in /proc/self/fd/*; do
    fd=${fd##*/}
    ((fd <= 2 || fd == 255)) || eval "exec $fd>&-"
  done
}

start_boot() {
  echo 0 >"$2/cgroup.procs"
  exec setpriv --pdeathsig KILL unshare --mount --propagation private --net --uts --pid \
    --fork --kill-child --mount-proc bash "$here/lab" _boot "$1"
}

# Process 1 of the new namespaces.
boot() {
  local name=$1 dir=$run_dir/$1 status=133 round=0
  echo "$name" >/proc/sys/kernel/hostname # for what personalise() calls
  # Addresses that are not loopback's: without one of a family, Apache does not listen on it.
  ip link set lo up
  ip address add 192.0.2.10/32 dev lo
  [[ ! -e /proc/sys/net/ipv6 ]] || ip address add 2001:db8::10/128 dev lo
  mount -t tmpfs tmpfs /mnt
  mkdir /mnt/root
  # volatile: a host that is thrown away needs no fsync to reach the disk.
  mount -t overlay overlay /mnt/root \
    -o "lowerdir=$(<"$dir/base"),upperdir=$dir/upper,workdir=$dir/work,volatile"
  personalise /mnt/root "$name"
  if [[ $(cgroup_top) != /sys/fs/cgroup ]]; then
    umount -R /sys/fs/cgroup || umount -l /sys/fs/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
  fi
  # systemd-nspawn leaves its own folders here when it is killed; private ones vanish with us.
  mount -t tmpfs tmpfs /run
  mount -t tmpfs tmpfs /tmp
  # 133 is nspawn's "reboot me". Each round has a fresh group: a used one refuses processes.
  while ((status == 133)); do
    round=$((round + 1))
    status=0
    boot_once "$name" "$(cgroup_of "$name")/boot.$round" || status=$?
  done
}

boot_once() (
  mkdir "$2"
  echo 0 >"$2/cgroup.procs"
  # --keep-unit, --register=no: there may be no systemd on this machine to ask.
  exec env -i PATH="$PATH" SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_LOCK=0 \
    systemd-nspawn -D /mnt/root -M "$1" --hostname="$1" -b --register=no --keep-unit \
    --settings=no --link-journal=no --resolv-conf=off --timezone=off --capability=CAP_NET_ADMIN \
    --network-namespace-path=/proc/self/ns/net --console=pipe </dev/null
)

# What a real installation makes for itself. Without hosts and a resolv.conf that fails at once,
# booting takes 20 seconds.
personalise() {
  local root=$1 name=$2 uuid
  uuid=$(</proc/sys/kernel/random/uuid)
  echo "${uuid//-/}" >"$root/etc/machine-id"
  echo "$name" >"$root/etc/hostname"
  printf '%s\n' '127.0.0.1 localhost' '::1 localhost ip6-localhost ip6-loopback' \
    "192.0.2.10 $name" "2001:db8::10 $name" >"$root/etc/hosts"
  rm -f "$root/etc/resolv.conf"
  printf '%s\n' 'nameserver 127.0.0.1' 'options timeout:1 attempts:1' >"$root/etc/resolv.conf"
  chroot "$root" ssh-keygen -A &
  DEBIAN_FRONTEND=noninteractive chroot "$root" make-ssl-cert generate-default-snakeoil --force-overwrite
  wait $!
}

# kill_group GROUP: returns when the last process is gone.
kill_group() {
  local procs tries=500
  # The group may go away at any moment, when somebody else removes it as well.
  while grep -qsx 'populated 1' "$1/cgroup.events"; do
    ((tries-- > 0)) || die "processes in $1 do not die"
    if ! echo 1 2>/dev/null >"$1/cgroup.kill"; then # before Linux 5.14
      procs=$(find "$1" -name cgroup.procs -exec cat {} + 2>/dev/null) || true
      # shellcheck disable=SC2086
      kill -9 $procs 2>/dev/null || true
    fi
    pause 0.02
  done
}

# remove_host NAME: under the lock. Kills what lives and takes everything away; may be repeated.
remove_host() {
  local group
  group=$(cgroup_of "$1")
  kill_group "$group"
  [[ ! -d $group ]] || find "$group" -depth -type d -exec rmdir {} +
  rm -rf "${run_dir:?}/$1"
}
