// SPDX-License-Identifier: Apache-2.0
// The real machine: Host's members over one Root; each job has its own file (files.hpp).
#include <signal.h>
#include <unistd.h>

#include <thread>

#include "base/text.hpp"
#include "host/files.hpp"

namespace tlspolicy::host {
namespace {

class RealHost final : public Host {
 public:
  explicit RealHost(const Path& root) : root_(root) {}

  Result<FileState> read(const Path& path) override { return read_state(root_, path); }
  Result<std::vector<std::string>> list(const Path& folder) override {
    return list_names(root_, folder);
  }
  Result<Path> real_path(const Path& path) override { return resolve(root_, path); }

  Result<void> create(const Path& path, const FileState& state) override {
    return create_whole(root_, path, state);
  }
  Result<void> append(const Path& path, std::string_view bytes) override {
    return append_bytes(root_, path, bytes);
  }
  Result<void> exchange(const Path& a, const Path& b) override {
    return exchange_names(root_, a, b);
  }
  Result<void> place(const Path& from, const Path& to) override {
    return place_name(root_, from, to);
  }
  Result<void> remove(const Path& path) override { return remove_name(root_, path); }
  Result<void> make_folder(const Path& path, mode_t mode) override {
    return make_folders(root_, path, mode);
  }
  Result<void> remove_folder(const Path& path) override { return remove_empty_folder(root_, path); }
  Result<void> sync_folder(const Path& path) override { return sync_names(root_, path); }
  Result<void> truncate(const Path& path, std::uint64_t length) override {
    return cut(root_, path, length);
  }

  Finished run(const Command& command) override { return run_command(root_, command); }
  Result<std::unique_ptr<Lock>> lock(const Path& path, std::chrono::milliseconds wait) override {
    return take_lock(root_, path, wait);
  }
  std::chrono::system_clock::time_point now() override { return std::chrono::system_clock::now(); }
  void pause(std::chrono::milliseconds time) override { std::this_thread::sleep_for(time); }
  std::string boot_id() override {  // the machine's, not the root's
    const auto file = read_state(Root("/"), "/proc/sys/kernel/random/boot_id");
    return file ? std::string(base::trim(file->content)) : "";
  }
  bool is_root() override { return geteuid() == 0; }
  bool is_live() override { return root_.folder() == "/"; }

 private:
  Root root_;
};

}  // namespace

std::unique_ptr<Host> real_host(const Path& root) {
  // A limit on the size of files fails a write, and does not end us half way.
  signal(SIGXFSZ, SIG_IGN);
  return std::make_unique<RealHost>(root);
}

}  // namespace tlspolicy::host
