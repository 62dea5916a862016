// SPDX-License-Identifier: Apache-2.0
// A server that says any bytes before TLS: no crash, an end whatever it says, and nothing in an
// answer that could not be printed.  Input: which preamble, how large the pieces, then its words.
#include <algorithm>
#include <cstdlib>

#include "wire/starttls.hpp"

using namespace tlspolicy;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_printable(const std::string& text) {
  require(std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E; }));
}

// nullopt: TLS began.
std::optional<wire::Answer> talk(std::string_view preamble, wire::View bytes, std::size_t piece) {
  auto talk = wire::StartTls::begin(preamble, "host.example.org").value();
  for (;;) {
    talk.to_send();
    if (talk.started()) return std::nullopt;
    if (bytes.empty()) return talk.end();
    const auto part = bytes.first(std::min(piece, bytes.size()));
    if (auto answer = talk.feed(part)) return answer;
    bytes = bytes.subspan(part.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto preamble = wire::preambles()[data[0] % wire::preambles().size()];
  const wire::View said(data + 2, size - 2);
  for (const std::size_t piece :
       {std::max<std::size_t>(said.size(), 1), data[1] % 64 + std::size_t{1}}) {
    const auto answer = talk(preamble, said, piece);
    if (!answer) continue;
    const auto* declined = std::get_if<wire::Declined>(&*answer);
    const auto* nonsense = std::get_if<wire::Nonsense>(&*answer);
    require(declined || nonsense);
    require_printable(declined ? declined->why : nonsense->why);
  }
  return 0;
}
