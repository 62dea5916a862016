// SPDX-License-Identifier: Apache-2.0
// See confine.hpp.  The list names what sockets, getaddrinfo(3) with all its modules, threads and
// libcrypto need; everything else answers EPERM, which a library bears better than death.
#include "host/confine.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "host/system_error.hpp"

namespace tlspolicy::host {
namespace {

constexpr uid_t kNobody = 65534;  // Debian Policy 9.2.2; asked for by name first

Result<void> leave_root() {
  const passwd* nobody = ::getpwnam("nobody");
  const uid_t user = nobody ? nobody->pw_uid : kNobody;
  const gid_t group = nobody ? nobody->pw_gid : kNobody;
  if (::setgroups(0, nullptr) != 0) return system_error(errno, "leave root's groups", "");
  if (::setresgid(group, group, group) != 0) return system_error(errno, "leave root's group", "");
  if (::setresuid(user, user, user) != 0) return system_error(errno, "stop being root", "");
  if (::setuid(0) == 0) return fail("not-confined", "this process could become root again");
  return {};
}

constexpr std::array kAllowed{
    // time, memory, the end
    SCMP_SYS(brk),
    SCMP_SYS(mmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(restart_syscall),
    // threads and signals
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(tgkill),
    SCMP_SYS(membarrier),
    // sockets and the loop
    SCMP_SYS(socket),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(shutdown),
    SCMP_SYS(sendto),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(eventfd2),
    // what is open, and files to read: the resolver's own, its modules
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(lseek),
    SCMP_SYS(fcntl),
    SCMP_SYS(ioctl),
    SCMP_SYS(dup),
    SCMP_SYS(fstat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    // who and where it is
    SCMP_SYS(uname),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrlimit),
    SCMP_SYS(prctl),
#ifdef __SANITIZE_ADDRESS__
    // The leak check of a test build stops its own threads through a helper.
    SCMP_SYS(getdents),
    SCMP_SYS(ptrace),
    SCMP_SYS(wait4),
    SCMP_SYS(kill),
    SCMP_SYS(clone),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(getppid),
    SCMP_SYS(pipe),
    SCMP_SYS(pipe2),
#endif
};

bool load_filter() {
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(
      seccomp_init(SCMP_ACT_ERRNO(EPERM)), seccomp_release);
  if (!filter) return false;
  for (const int call : kAllowed)
    if (const int wrong = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);
        wrong != 0 && wrong != -EDOM)  // a call that this architecture does not have
      return false;
  // Reading alone: neither O_WRONLY nor O_RDWR, nothing made or cut.
  constexpr scmp_datum_t kWriting = O_ACCMODE | O_CREAT | O_TRUNC | O_TMPFILE;
  const auto reading = [&](int call, unsigned flags) {
    const scmp_arg_cmp read_only{flags, SCMP_CMP_MASKED_EQ, kWriting & ~scmp_datum_t{O_DIRECTORY},
                                 O_RDONLY};
    return seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call, 1, &read_only);
  };
  if (reading(SCMP_SYS(openat), 2) != 0) return false;
  reading(SCMP_SYS(open), 1);  // where there is one
  // Threads of this process, never another one.  clone3 hides its flags in memory: ENOSYS makes the
  // library take clone.
  const scmp_arg_cmp thread{0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD};
#ifndef __SANITIZE_ADDRESS__
  if (seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, &thread) != 0)
    return false;
#endif
  seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
  static_cast<void>(thread);
  return seccomp_load(filter.get()) == 0;
}

}  // namespace

Result<Confinement> confine() {
  Confinement out;
  if (::geteuid() == 0) {
    if (auto left = leave_root(); !left) return tl::make_unexpected(left.error());
    out.unprivileged = true;
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return system_error(errno, "give up new privileges", "");
  out.filtered = load_filter();
  return out;
}

}  // namespace tlspolicy::host
