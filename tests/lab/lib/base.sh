# The base of a suite: an unpacked Debian with the services, built once and never booted itself.
# Hosts are overlays on it. Sourced by tests/lab/lab.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154

# Raise it when build_base or clean_base changes what a base contains.
recipe=1

# packages SECTIONS: those of every host, and those of further sections ("mail web").
packages() {
  local sections=()
  read -ra sections <<<"$1"
  "$here/../../tools/packages" host ${sections[@]+"${sections[@]}"}
}

# base SUITE [SECTION...]: prints the path.
base() {
  (($#)) || usage "base needs a suite"
  [[ $1 =~ ^[a-z]+$ ]] || usage "a suite is a name such as bookworm, not '$1'"
  need_tools flock mmdebstrap setpriv unshare
  local key target further=${*:2}
  key=$({ echo "$recipe $1"; packages "$further"; } | sha256sum)
  target=$cache/$1-${key:0:12}
  make_folders
  locked "$cache/$1.lock" ensure_base "$1" "$target" "$further"
  printf '%s\n' "$target"
}

ensure_base() {
  local suite=$1 target=$2 further=$3 began=$SECONDS
  rm -rf "$cache/$suite".building.* # of one that was killed: we hold the lock, so it is not at work
  if [[ ! -d $target ]]; then
    say "building the base of $suite (once; about a minute)"
    local building=$cache/$suite.building.$$
    build_base "$suite" "$building" "$further" >"$cache/$suite.log" 2>&1 9>&- || {
      tail -n 20 "$cache/$suite.log" >&2
      rm -rf "$building"
      die "the base of $suite was not built: see $cache/$suite.log"
    }
    mv "$building" "$target"
    say "built $target in $((SECONDS - began)) s"
  fi
  touch "$target.used"
  forget_old_bases "$suite"
}

# In namespaces of its own, so that a killed build leaves neither mounts nor processes.
build_base() {
  setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child \
    --mount-proc bash "$here/lab" _debootstrap "$1" "$2" "$3"
}

debootstrap() {
  local suite=$1 target=$2 further=$3 options main security
  mapfile -t options < <(apt_options)
  main=$(mirror debian)
  security=$(mirror debian-security)
  # mmdebstrap itself keeps daemons from starting (policy-rc.d, start-stop-daemon) meanwhile.
  DEBIAN_FRONTEND=noninteractive mmdebstrap --mode=root --variant=apt --format=directory \
    --include="$(packages "$further" | paste -sd,)" "${options[@]}" --aptopt='APT::Sandbox::User "root"' \
    --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    "$suite" "$target" \
    "deb $main $suite main" "deb $main $suite-updates main" "deb $security $suite-security main"
  clean_base "$suite" "$target"
}

# The way in which this machine fetches packages (proxy, certificates, clock checks).
# mmdebstrap reads nothing of apt's configuration by itself.
apt_options() {
  apt-config dump --no-empty --format '%F "%v";%n' |
    sed -nE '/^Acquire::(https?|socks|Check-|ForceIPv|Retries)/s/^/--aptopt=/p'
}

# The machine's own mirror where its name tells that it is one, else Debian's.
mirror() {
  local uri
  # shellcheck disable=SC2016
  uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
    grep -E "^https?://.*/$1/?\$" | head -n 1) || true
  printf '%s\n' "${uri:-http://deb.debian.org/$1}"
}

# What must differ between hosts goes away, what would disturb a test is masked, and nothing of
# this machine's own network remains.
clean_base() {
  local suite=$1 root=$2 unit
  rm -f "$root"/etc/ssh/ssh_host_* "$root"/etc/ssl/private/ssl-cert-snakeoil.key \
    "$root"/etc/ssl/certs/ssl-cert-snakeoil.pem "$root"/etc/apt/apt.conf.d/99mmdebstrap
  : >"$root/etc/machine-id"
  printf 'deb http://deb.debian.org/%s main\n' "debian $suite" "debian $suite-updates" \
    "debian-security $suite-security" >"$root/etc/apt/sources.list"
  for unit in apt-daily apt-daily-upgrade dpkg-db-backup e2scrub_all fstrim; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit.timer"
  done
}

# Bases of other package lists, unused for two weeks, unless a host stands on one.
forget_old_bases() {
  local used
  while read -r used; do
    grep -qsxF "${used%.used}" "$run_dir"/*/base || rm -rf "${used%.used}" "$used"
  done < <(find "$cache" -maxdepth 1 -name "$1-*.used" -mtime +14)
}
