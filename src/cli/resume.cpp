// SPDX-License-Identifier: Apache-2.0
// See resume.hpp.
#include "cli/resume.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>
#include <utility>

#include "host/lines.hpp"

namespace tlspolicy::cli {
namespace {
constexpr std::string_view kOurs = "tlspolicy-resume ", kHead = "tlspolicy-resume 3 ";
constexpr std::array<std::string_view, 3> kEnded{"well", "unknown", "fails"};  // by Ended

// Lines are read up to a length.  What is longer is no target, but stands in the list all the same.
std::string key_of(const std::string& target) {
  constexpr std::size_t kMost = 1024;
  if (target.size() <= kMost) return target;
  return fmt::format("{} #{:x}", target.substr(0, kMost), std::hash<std::string>{}(target));
}
std::size_t hash(std::string_view key) { return std::hash<std::string_view>{}(key); }

// Everything up to the next blank, which is taken away too; "" where there is none.
std::string_view word(std::string_view& rest) {
  const auto blank = rest.find(' ');
  if (blank == std::string_view::npos) return {};
  const auto out = rest.substr(0, blank);
  rest.remove_prefix(blank + 1);
  return out;
}

struct Done {
  std::uint64_t output = 0;
  Ended ended{};
  std::string_view target;
};
std::optional<Done> read(std::string_view line) {
  Done out;
  const auto number = word(line), ended = word(line);
  const auto [end, error] = std::from_chars(number.begin(), number.end(), out.output);
  const auto* known = std::ranges::find(kEnded, ended);
  if (number.empty() || error != std::errc{} || end != number.end() || known == kEnded.end() ||
      line.empty())
    return std::nullopt;
  out.ended = static_cast<Ended>(known - kEnded.begin());
  out.target = line;
  return out;
}

// The first line: is this file ours, and of this scan?
Result<void> hold_head(const std::string& line, bool whole, const std::string& head,
                       const std::string& path) {
  if (line == head || (!whole && head.starts_with(line))) return {};
  if (whole && line.starts_with(kOurs))
    return fail("bad-resume",
                "that is the state of another scan: " +
                    line.substr(line.starts_with(kHead) ? kHead.size() : kOurs.size()),
                path,
                "go on with the same options, or name another file; this scan's: " +
                    head.substr(kHead.size()));
  return fail("bad-resume", "that is no file of --resume", path,
              "name another file; one that is not there is made");
}
}  // namespace

Result<Resume> Resume::open(const std::string& path, const std::string& scan) {
  const std::string head = std::string(kHead) + scan;
  std::unordered_set<std::size_t> done;
  std::size_t before = 0;
  Ended worst = Ended::well;
  std::uint64_t output = 0, length = 0;
  auto lines = host::Lines::open(path);
  if (lines) {
    bool first = true;
    for (auto line = lines->next(); line; line = lines->next()) {
      const bool begins = std::exchange(first, false);
      if (begins)
        if (auto held = hold_head(*line, lines->whole(), head, path); !held)
          return tl::make_unexpected(held.error());
      if (!lines->whole()) break;  // it was not finished
      if (!begins) {
        const auto one = read(*line);
        if (!one) break;
        done.insert(hash(one->target));
        ++before;
        worst = std::max(worst, one->ended);
        output = one->output;
      }
      length += line->size() + 1;
    }
  } else if (lines.error().id != "absent") {
    return tl::make_unexpected(lines.error());
  }
  auto file = host::OutFile::open(path, length);
  if (!file) return tl::make_unexpected(file.error());
  if (length == 0)
    if (auto written = file->write(head + "\n"); !written)
      return tl::make_unexpected(written.error());
  Resume out(*std::move(file));
  out.done_ = std::move(done);
  out.before_ = before;
  out.worst_ = worst;
  out.output_ = output;
  return out;
}

bool Resume::is_done(const std::string& target) const {
  return done_.contains(hash(key_of(target)));
}

Result<void> Resume::note(const std::string& target, Ended ended, std::uint64_t output_length) {
  return file_.write(fmt::format("{} {} {}\n", output_length,
                                 kEnded.at(static_cast<std::size_t>(ended)), key_of(target)));
}

}  // namespace tlspolicy::cli
