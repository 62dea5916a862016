// SPDX-License-Identifier: Apache-2.0
// One run at a time: flock(2) on a file that names its holder.  The kernel lets go of it when the
// holder dies, so that no stale lock ever needs cleaning; children do not inherit it (O_CLOEXEC).
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <thread>

#include "base/text.hpp"
#include "host/files.hpp"
#include "host/system_error.hpp"

namespace tlspolicy::host {
namespace {

constexpr std::chrono::milliseconds kBetweenTries{50};

class FileLock : public Lock {
 public:
  explicit FileLock(Fd file) : file_(std::move(file)) {}

 private:
  Fd file_;
};

std::string holder(const Fd& file) {
  std::array<char, 32> text{};
  const auto length = pread(file.get(), text.data(), text.size(), 0);
  return length <= 0 ? "unknown"
                     : std::string(base::trim({text.data(), static_cast<std::size_t>(length)}));
}

}  // namespace

Result<std::unique_ptr<Lock>> take_lock(const Root& root, const Path& path,
                                        std::chrono::milliseconds wait) {
  if (auto made = make_folders(root, folder_of(path), 0755); !made)
    return tl::make_unexpected(made.error());
  const auto entry = root.find(path);
  if (!entry) return tl::make_unexpected(entry.error());
  Fd file(openat(entry->folder.get(), entry->name.c_str(),
                 O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!file) return system_error(errno, "open the lock", path);

  const auto until = std::chrono::steady_clock::now() + wait;
  while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return system_error(errno, "lock", path);
    if (std::chrono::steady_clock::now() >= until)
      return fail("busy", fmt::format("another run holds the lock: process {}", holder(file)), path,
                  fmt::format("wait until it is done, or look at it: ps {}", holder(file)));
    std::this_thread::sleep_for(kBetweenTries);
  }
  const std::string ours = fmt::format("{}\n", getpid());
  if (ftruncate(file.get(), 0) != 0 ||
      pwrite(file.get(), ours.data(), ours.size(), 0) != static_cast<ssize_t>(ours.size()))
    return system_error(errno, "write the lock", path);
  return std::make_unique<FileLock>(std::move(file));
}

}  // namespace tlspolicy::host
