// SPDX-License-Identifier: Apache-2.0
// A running program's own command line: what stands there wins over every file, ours too.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "service/manifest.hpp"

namespace tlspolicy::service {

// `command_line` as /proc/PID/cmdline has it, words that end with zeros; a daemon may have written
// it anew with blanks in between ("sshd: /usr/sbin/sshd -D [listener] …").  An error where an
// option sets a key of an [[override]], or names another configuration than `root_file`: then no
// file decides.
std::optional<Error> over_the_files(const Manifest&, std::string_view root_file,
                                    std::string_view command_line, std::string_view set_in);

}  // namespace tlspolicy::service
