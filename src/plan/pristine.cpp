// SPDX-License-Identifier: Apache-2.0
// A service's files without what tlspolicy wrote; see pristine.hpp.
#include "plan/pristine.hpp"

#include <fmt/format.h>

#include "config/syntax.hpp"

namespace tlspolicy::plan {
namespace {
constexpr std::string_view kMark = "# Written by tlspolicy";
constexpr std::string_view kBegin = "# BEGIN tlspolicy";
constexpr std::string_view kEnd = "# END tlspolicy";

std::size_t line_end(std::string_view text, std::size_t at) {
  const auto end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}
}  // namespace

std::string head_comment(std::string_view policy) {
  return fmt::format(
      "{} for policy {}.\n"
      "# Do not edit: the next `tlspolicy set` writes it anew, and `tlspolicy undo` takes it "
      "back.\n",
      kMark, policy);
}

bool is_ours(std::string_view content) { return content.starts_with(kMark); }

std::string as_block(const std::string& lines, std::string_view policy) {
  return fmt::format("{}: policy {}; `tlspolicy undo` takes these lines back\n{}{}\n", kBegin,
                     policy, lines, kEnd);
}

std::string without_ours(std::string_view content) {
  std::string text(content);
  const auto begin = text.find(kBegin);
  const auto end = begin == std::string::npos ? begin : text.find(kEnd, begin);
  if (end != std::string::npos && (begin == 0 || text[begin - 1] == '\n'))
    text.erase(begin, line_end(text, end) - begin);
  return config::restore_set_aside(text);
}

Texts pristine(const service::Instance& instance) {
  Texts out;
  for (const auto& [path, state] : instance.files)
    if (state.kind == base::FileState::Kind::file && !is_ours(state.content))
      out[path] = without_ours(state.content);
  return out;
}

}  // namespace tlspolicy::plan
