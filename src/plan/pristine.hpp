// SPDX-License-Identifier: Apache-2.0
// What of a service's files is ours, and how they read without it.  Every plan starts from there,
// so that going from one date to another is the same as coming from the package's own state.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "service/host_state.hpp"

namespace tlspolicy::plan {

// The first lines of a file of ours.
std::string head_comment(std::string_view policy);
bool is_ours(std::string_view content);
// Our lines in a file of the service, before or behind everything else; `made`: the file is there
// for them alone, and goes with them.
std::string with_our_lines(std::string_view text, const std::string& lines, bool first,
                           std::string_view policy, bool made = false);

// Without our block, and with every line that we set aside put back.
std::string without_ours(std::string_view content);

using Texts = std::map<std::string, std::string>;  // path -> content; absent files are left out
Texts pristine(const service::Instance&);

}  // namespace tlspolicy::plan
