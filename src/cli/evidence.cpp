// SPDX-License-Identifier: Apache-2.0
// Reads the end of a log; see evidence.hpp.
//
// Strangers write into a mail log: what a line says is shown without what a terminal obeys, and
// cut, and nothing follows from it.
#include "cli/evidence.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/visible.hpp"

namespace tlspolicy::cli {
namespace {
constexpr std::size_t kLongestLine = 300;
constexpr std::chrono::seconds kLimit{5};

bool counts(const service::Evidence& evidence, std::string_view line) {
  return line.find(evidence.says) != std::string_view::npos &&
         (evidence.without.empty() || line.find(evidence.without) == std::string_view::npos);
}
}  // namespace

std::string latest(const service::Evidence& evidence, std::string_view log) {
  auto end = log.find_last_not_of('\n') + 1;  // npos + 1 is 0
  while (end > 0) {
    const auto newline = log.substr(0, end).rfind('\n');
    const auto begin = newline == std::string_view::npos ? 0 : newline + 1;
    const auto line = base::trim(log.substr(begin, end - begin));
    if (counts(evidence, line)) return base::visible(line.substr(0, kLongestLine));
    end = begin == 0 ? 0 : begin - 1;
  }
  return {};
}

std::string latest_evidence(host::Host& host, const service::Evidence& evidence) {
  if (!host.is_live()) return {};
  for (const auto& from : evidence.from) {
    host::Command look;
    look.argv = base::words(from);
    look.limit = kLimit;
    if (auto line = latest(evidence, host.run(look).out); !line.empty()) return line;
  }
  return {};
}

}  // namespace tlspolicy::cli
