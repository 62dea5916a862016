// SPDX-License-Identifier: Apache-2.0
// The same hello again; see steady.hpp.
#include "scan/steady.hpp"

#include <fmt/format.h>

namespace tlspolicy::scan {
namespace {
// Turn by turn (round robin) both of two servers come in two questions; by chance (one in 16) not
// in four.
constexpr int kTimes = 4;

bool alike(const wire::Answer& one, const wire::Answer& other) {
  if (const auto* a = std::get_if<wire::Chosen>(&one)) {
    const auto* b = std::get_if<wire::Chosen>(&other);
    return b && a->version == b->version && a->suite == b->suite && a->group == b->group &&
           a->scheme == b->scheme;
  }
  const auto* a = std::get_if<wire::Retry>(&one);
  const auto* b = std::get_if<wire::Retry>(&other);
  return a && b && a->suite == b->suite && a->group == b->group;
}

std::string words(const wire::Answer& answer) {
  const auto* chosen = std::get_if<wire::Chosen>(&answer);
  const auto* retry = std::get_if<wire::Retry>(&answer);
  std::string out = describe(answer);
  if (chosen && chosen->group) out += " " + crypto::name(*chosen->group);
  if (chosen && chosen->scheme) out += " " + crypto::name(*chosen->scheme);
  return retry ? out + " " + crypto::name(retry->group) : out;
}
}  // namespace

std::optional<wire::Hello> Steady::next() {
  return times_ < kTimes && differs_.empty() && lost_.empty() ? std::optional(hello_)
                                                              : std::nullopt;
}

void Steady::answer(const wire::Answer& answer, Said said) {
  ++times_;
  if (said == Said::unclear)
    lost_ = describe(answer);
  else if (!alike(answer_, answer))
    differs_ = fmt::format("the same hello got {} at first and {} in the end", words(answer_),
                           words(answer));
}

}  // namespace tlspolicy::scan
