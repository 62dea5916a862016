// SPDX-License-Identifier: Apache-2.0
// What people write as a target that is none, and what they would have to write.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tlspolicy::scan {

struct Misread {
  std::string why, write;
};
// `protocol` is what stands before `rest`: "https://", or "".  nullopt: nothing of that kind.
std::optional<Misread> misread(std::string_view protocol, std::string_view rest);

}  // namespace tlspolicy::scan
