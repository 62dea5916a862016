// SPDX-License-Identifier: Apache-2.0
// A service's files without what tlspolicy wrote; see pristine.hpp.
#include "plan/pristine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "config/syntax.hpp"

namespace tlspolicy::plan {
namespace {
constexpr std::string_view kMark = "# Written by tlspolicy";
constexpr std::string_view kBegin = "# BEGIN tlspolicy";
constexpr std::string_view kEnd = "# END tlspolicy";
constexpr std::string_view kMade = " (this file is ours)";

std::size_t line_end(std::string_view text, std::size_t at) {
  const auto end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

// "# BEGIN tlspolicy +1: …": the bytes before the block that came with it.
std::size_t gap_of(std::string_view block) {
  block.remove_prefix(kBegin.size());
  if (!block.starts_with(" +")) return 0;
  std::size_t out = 0;
  std::from_chars(block.data() + 2, block.data() + block.size(), out);
  return out;
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

std::string with_our_lines(std::string_view text, const std::string& lines, bool first,
                           std::string_view policy, bool made) {
  // A last line without its end gets one; "+1" says that it is ours as well.
  const auto gap = first ? 0 : config::gap_before_block(text);
  const auto block =
      fmt::format("{}{}{}: policy {}; `tlspolicy undo` takes these lines back\n{}{}\n", kBegin,
                  gap == 0 ? "" : fmt::format(" +{}", gap), made ? kMade : "", policy, lines, kEnd);
  return first ? config::with_block_first(text, block) : config::with_block_last(text, block);
}

std::string without_ours(std::string_view content) {
  std::string text(content);
  const auto begin = text.find(kBegin);
  const auto end = begin == std::string::npos ? begin : text.find(kEnd, begin);
  if (end != std::string::npos && (begin == 0 || text[begin - 1] == '\n')) {
    const auto after = line_end(text, end);
    const auto gap = std::min(gap_of(std::string_view(text).substr(begin)), begin);
    text.erase(begin - gap, after - begin + gap);
  }
  return config::restore_set_aside(text);
}

Texts pristine(const service::Instance& instance) {
  Texts out;
  for (const auto& [path, state] : instance.files) {
    if (state.kind != base::FileState::Kind::file || is_ours(state.content)) continue;
    auto text = without_ours(state.content);
    const bool made = state.content.starts_with(std::string(kBegin).append(kMade));
    if (!made || !text.empty()) out[path] = std::move(text);  // others may have added their lines
  }
  return out;
}

}  // namespace tlspolicy::plan
