// SPDX-License-Identifier: Apache-2.0
// See resume.hpp.
#include "cli/resume.hpp"

#include <fmt/format.h>

#include <charconv>
#include <functional>

#include "host/lines.hpp"

namespace tlspolicy::cli {
namespace {
constexpr std::string_view kHead = "tlspolicy-resume 2 ";

std::size_t hash(std::string_view target) { return std::hash<std::string_view>{}(target); }
}  // namespace

Result<Resume> Resume::open(const std::string& path, const std::string& scan) {
  const std::string head = std::string(kHead) + scan;
  std::unordered_set<std::size_t> done;
  std::uint64_t output = 0, length = 0;
  auto lines = host::Lines::open(path);
  if (lines) {
    bool first = true;
    for (auto line = lines->next(); line; line = lines->next()) {
      const bool begins = std::exchange(first, false);
      if (begins && line->starts_with(kHead) && *line != head && lines->whole())
        return fail("bad-resume",
                    "that is the state of another scan: " + line->substr(kHead.size()), path,
                    "go on with the same --format, --shard and -o, or name another file");
      if (begins && *line != head && (lines->whole() || !head.starts_with(*line)))
        return fail("bad-resume", "that is no file of --resume", path,
                    "name another file; one that is not there is made");
      if (!lines->whole()) break;  // it was not finished
      if (!begins) {
        std::uint64_t number = 0;
        const auto* end = std::from_chars(line->data(), line->data() + line->size(), number).ptr;
        const auto blank = static_cast<std::size_t>(end - line->data());
        if (blank == 0 || blank >= line->size() || (*line)[blank] != ' ') break;
        done.insert(hash(std::string_view(*line).substr(blank + 1)));
        output = number;
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
  out.output_ = output;
  return out;
}

bool Resume::is_done(const std::string& target) const { return done_.contains(hash(target)); }

Result<void> Resume::note(const std::string& target, std::uint64_t output_length) {
  return file_.write(fmt::format("{} {}\n", output_length, target));
}

}  // namespace tlspolicy::cli
