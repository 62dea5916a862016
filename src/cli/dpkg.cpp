// SPDX-License-Identifier: Apache-2.0
// dpkg and apt hold fcntl(2) locks on two files; we look who has them, and take none ourselves, so
// that nobody's upgrade fails because of us.  See dpkg.hpp.
#include "cli/dpkg.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace tlspolicy::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{500};

std::set<std::string> inodes(host::Host& host) {
  host::Command command;
  command.argv = {"stat", "--format=%i", "/var/lib/dpkg/lock", "/var/lib/dpkg/lock-frontend"};
  const auto stat = host.run(command);
  std::set<std::string> out;
  for (const auto& line : base::lines(stat.out)) out.insert(line);
  return out;
}

}  // namespace

std::optional<std::string> lock_holder(std::string_view proc_locks,
                                       const std::set<std::string>& inodes) {
  for (const auto& line : base::lines(proc_locks)) {
    // "1: POSIX  ADVISORY  WRITE 4242 fd:01:131 0 EOF"; waiters have "->" after the number.
    const auto words = base::words(line);
    if (words.size() < 6 || words[1] != "POSIX" || words[3] != "WRITE") continue;
    const auto place = base::split(words[5], ':');
    if (inodes.contains(place.back())) return words[4];
  }
  return std::nullopt;
}

Result<void> wait_for_dpkg(Context& context, std::chrono::seconds limit) {
  const auto ours = inodes(context.host);
  if (ours.empty()) return {};
  const auto until = context.host.now() + limit;
  for (bool said = false;; said = true) {
    const auto locks = context.host.read("/proc/locks");
    const auto holder = locks ? lock_holder(locks->content, ours) : std::nullopt;
    if (!holder) return {};
    if (context.host.now() >= until)
      return fail("dpkg-busy", fmt::format("packages are being changed: process {}", *holder),
                  "/var/lib/dpkg/lock", "wait until it is done");
    if (!said) context.note(fmt::format("waiting for dpkg (process {})", *holder));
    context.host.pause(kBetweenLooks);
  }
}

}  // namespace tlspolicy::cli
