// SPDX-License-Identifier: Apache-2.0
// The file operations of RealHost as free functions over a Root: reading in read.cpp, writing in
// write.cpp.  What each promises stands in host.hpp.
#pragma once

#include "host/host.hpp"
#include "host/root.hpp"

namespace tlspolicy::host {

Result<FileState> read_state(const Root&, const Path&);
Result<std::vector<std::string>> list_names(const Root&, const Path&);
Result<Path> resolve(const Root&, const Path&);
Result<std::string> read_all(const Fd&, const Path& path);  // `path`: for the error alone

Result<void> create_whole(const Root&, const Path&, const FileState&);
Result<void> append_bytes(const Root&, const Path&, std::string_view bytes);
Result<void> exchange_names(const Root&, const Path& a, const Path& b);
Result<void> place_name(const Root&, const Path& from, const Path& to);
Result<void> remove_name(const Root&, const Path&);
Result<void> make_folders(const Root&, const Path&, mode_t mode);
Result<void> remove_empty_folder(const Root&, const Path&);
Result<void> sync_names(const Root&, const Path& folder);
Result<void> cut(const Root&, const Path&, std::uint64_t length);

// Waits for the exclusive lock of that file and writes our process number into it.
Result<std::unique_ptr<Lock>> take_lock(const Root&, const Path&, std::chrono::milliseconds wait);

// Runs inside the root (chroot where it is not "/"), in a process group of its own.
Finished run_command(const Root&, const Command&);

}  // namespace tlspolicy::host
