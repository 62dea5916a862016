// SPDX-License-Identifier: Apache-2.0
// The exim syntax over any bytes: the pieces tile them, and settings that are set aside come
// back to the byte.  Which ones: the text itself decides, so that any file is a seed.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "../tests/config/properties.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto choice = std::hash<std::string_view>{}(text);
  const auto why = tlspolicy::config::broken(*tlspolicy::config::syntax_named("exim"),
                                             tlspolicy::config::exim_pieces, text, choice);
  if (!why.empty()) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::abort();
  }
  return 0;
}
