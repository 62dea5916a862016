// SPDX-License-Identifier: Apache-2.0
// Confirmation asked for, and the timer behind it; see confirm.hpp.
#include "cli/confirm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tlspolicy::cli {
namespace {

using std::chrono::seconds;

constexpr seconds kShortest{10}, kLongest{86'400};
constexpr seconds kUsual{300};  // of the question

constexpr char kAsked[] =
    "You are changing the SSH server from inside an SSH session.  If you go on, it is all taken\n"
    "back in 5 minutes unless you log in anew and run `tlspolicy confirm`.";

bool speaks_ssh(const prove::Target& target) { return target.place.preamble == "ssh"; }

}  // namespace

Result<seconds> parse_time(std::string_view text) {
  long long count = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, count);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  const int factor = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  const bool sound =
      problem == std::errc{} && factor != 0 && count > 0 && count <= kLongest.count();
  const seconds out{sound ? count * factor : 0};
  if (sound && out >= kShortest && out <= kLongest) return out;
  return fail("bad-time", fmt::format("\"{}\" is no time between 10s and 24h", text), "--confirm",
              "for example: --confirm 5m");
}

bool changes_ssh(const apply::Change& change) {
  return std::ranges::any_of(change.services, [](const apply::ServiceChange& one) {
    return one.running && !one.members.empty() && std::ranges::any_of(one.after, speaks_ssh);
  });
}

tl::expected<seconds, Failure> time_to_confirm(const Request& request, Context& context,
                                               bool changes_ssh) {
  if (request.confirm) {
    const auto time = parse_time(*request.confirm);
    if (!time) return failed(time.error());
    if (!context.host.is_live())
      return failed({"bad-time", "nothing runs under another root: there is nothing to confirm",
                     "--confirm", "leave --confirm out"});
    return *time;
  }
  if (request.no_confirm || !changes_ssh || !context.host.is_live()) return seconds(0);
  if (!context.inside_ssh || !context.inside_ssh()) return seconds(0);
  if (context.typed_yes && context.typed_yes(kAsked)) return kUsual;
  return failed({"needs-confirm",
                 "nothing was changed: this changes the SSH server from inside an SSH session",
                 {},
                 "add --confirm 5m (taken back then, unless `tlspolicy confirm` follows), or "
                 "--no-confirm"});
}

Result<void> arm_beforehand(Session& session, Context& context, seconds time) {
  if (time.count() == 0) return {};
  const auto numbers = session.journal().numbers();
  if (!numbers) return tl::make_unexpected(numbers.error());
  const int next = numbers->empty() ? 1 : numbers->back() + 1;
  const auto armed = context.arm(fmt::format("unfinished-{}", next), time);
  if (armed) return {};
  return fail("no-timer", "nothing was changed: nothing could be made to take it back in time",
              armed.error().where, armed.error().what);
}

Result<void> arm(Session& session, Context& context, const apply::Outcome& outcome, seconds time) {
  if (outcome.confirm_until == 0) return {};
  const auto armed = context.arm(fmt::format("return-{}", outcome.generation), time);
  if (armed) return {};
  const auto waiting = session.journal().waiting();
  if (waiting && *waiting) {
    const auto back = apply::take_back_waiting(session.tools(), session.journal(), **waiting);
    if (!back) return tl::make_unexpected(back.error());
  }
  return fail("no-timer", "the change was taken back: nothing could be made to wait for it",
              armed.error().where, armed.error().what);
}

}  // namespace tlspolicy::cli
