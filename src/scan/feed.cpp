// SPDX-License-Identifier: Apache-2.0
// See feed.hpp.
#include "scan/feed.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "probe/gather.hpp"

namespace tlspolicy::scan {
namespace {
constexpr std::size_t kAhead = 64;  // lines that are looked up before they are wanted

// Some editors begin a file with U+FEFF in UTF-8.
std::string_view without_mark(std::string_view line) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return line.starts_with(kMark) ? line.substr(kMark.size()) : line;
}
}  // namespace

struct Feed::Threads {
  Threads(Next from, FeedOptions given)
      : next(std::move(from)),
        options(std::move(given)),
        gather(options.threads, kAhead, [this] { return make(); }) {}

  // The next line of this shard that is not done yet.
  std::optional<Line> line() {
    const std::lock_guard hold(lock);
    while (!ended) {
      auto line = next();
      if (!line) break;
      line->text = std::string(base::trim(without_mark(line->text)));
      if (line->text.empty() || line->text.front() == '#') continue;
      const auto nr = targets++;
      if (nr % static_cast<std::size_t>(options.shards) !=
          static_cast<std::size_t>(options.shard - 1))
        continue;
      if (!options.is_done || !options.is_done(line->text)) return line;
    }
    ended = true;
    return std::nullopt;
  }

  std::optional<Resolved> make() {
    const auto line = this->line();
    if (!line) return std::nullopt;
    Resolved out;
    if (auto named = parse_target(line->text, options.preamble))
      out = resolve({*std::move(named)}, options.lookup);
    else
      out.errors.push_back(named.error());
    out.line = line->text;
    for (Error& error : out.errors)
      if (line->number > 0) error.where = fmt::format("line {}", line->number);
    return out;
  }

  Next next;
  FeedOptions options;
  std::mutex lock;  // of next, targets and ended
  std::size_t targets = 0;
  bool ended = false;
  probe::Gather<Resolved> gather;  // the last member: its threads use the others
};

Feed::Feed(Next next, FeedOptions options, OnError on_error)
    : threads_(std::make_unique<Threads>(std::move(next), std::move(options))),
      on_error_(std::move(on_error)) {}
Feed::~Feed() = default;

std::optional<Target> Feed::take() {
  while (ready_.empty()) {
    auto more = threads_->gather.take();
    if (!more) return std::nullopt;
    for (const Error& error : more->errors) on_error_(error, more->line);
    ready_.assign(more->targets.begin(), more->targets.end());
  }
  Target out = std::move(ready_.front());
  ready_.pop_front();
  return out;
}

bool Feed::over() const { return ready_.empty() && threads_->gather.over(); }
int Feed::fd() const { return threads_->gather.fd(); }

}  // namespace tlspolicy::scan
