// SPDX-License-Identifier: Apache-2.0
// The same hello again; see steady.hpp.
#include "scan/steady.hpp"

#include <fmt/format.h>

namespace tlspolicy::scan {
namespace {
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

std::string difference(const wire::Answer& first, const wire::Answer& in_the_end) {
  if (alike(first, in_the_end)) return {};
  return fmt::format("the same hello got {} at first and {} in the end", words(first),
                     words(in_the_end));
}

std::optional<wire::Hello> Steady::next() {
  return left_ > 0 && differs_.empty() && lost_.empty() ? std::optional(hello_) : std::nullopt;
}

void Steady::answer(const wire::Answer& answer, Said said) {
  --left_;
  if (said == Said::unclear)
    lost_ = describe(answer);
  else
    differs_ = difference(answer_, answer);
}

}  // namespace tlspolicy::scan
