// SPDX-License-Identifier: Apache-2.0
// See pace.hpp.
#include "cli/pace.hpp"

#include <fmt/format.h>

namespace tlspolicy::cli {
namespace {
using std::chrono::duration;

std::string grouped(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(out.size()) - 3; at > 0; at -= 3)
    out.insert(static_cast<std::size_t>(at), 1, ',');
  return out;
}

std::string time_text(double seconds) {
  constexpr double kMinute = 60, kHour = 3600;
  if (seconds < 2 * kMinute) return fmt::format("{:.0f} s", seconds);
  if (seconds < 2 * kHour) return fmt::format("{:.0f} min", seconds / kMinute);
  return fmt::format("{:.1f} h", seconds / kHour);
}
}  // namespace

std::string Pace::line() {
  constexpr std::chrono::milliseconds kOften{200};
  const auto now = now_();
  if (now - shown_ < kOften) return {};
  shown_ = now;
  const double seconds = duration<double>(now - start_).count();
  std::string out =
      fmt::format("{} done, {:.1f}/s", grouped(done()), static_cast<double>(done()) / seconds);
  const double share = share_;
  if (share > 0 && share <= 1) out += ", " + time_text(seconds * (1 - share) / share) + " left";
  return out;
}

std::string Pace::sum() const {
  const double seconds = duration<double>(now_() - start_).count();
  std::string out = fmt::format("{} targets in {}: {} serve, {} do not", grouped(done()),
                                time_text(seconds), grouped(serve_), grouped(silent_));
  return left_out_ == 0 ? out : out + fmt::format(", {} left out", grouped(left_out_));
}

}  // namespace tlspolicy::cli
