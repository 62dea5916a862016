// SPDX-License-Identifier: Apache-2.0
// An SSH greeting of any bytes: no crash, the same kind of answer however it is cut, and nothing
// in an offer that could not be printed.  Input: how large the pieces, then the greeting.
#include <algorithm>
#include <cstdlib>

#include "wire/ssh.hpp"

using namespace tlspolicy;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

wire::SshAnswer answer_to(wire::View bytes, std::size_t piece) {
  wire::SshGreeting greeting;
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size())))
    if (auto answer = greeting.feed(bytes.first(std::min(piece, bytes.size())))) return *answer;
  return greeting.end(false);
}

void require_printable(const std::string& text) {
  require(std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E; }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const wire::View bytes(data + 1, size - 1);
  const wire::SshAnswer whole = answer_to(bytes, std::max<std::size_t>(bytes.size(), 1));
  const wire::SshAnswer cut = answer_to(bytes, data[0] % 64 + std::size_t{1});
  require(whole.index() == cut.index());
  if (const auto* nonsense = std::get_if<wire::Nonsense>(&whole)) require_printable(nonsense->why);
  const auto* offer = std::get_if<wire::SshOffer>(&whole);
  if (offer == nullptr) return 0;
  require(whole == cut);
  require_printable(offer->banner);
  for (const auto* names :
       {&offer->kex, &offer->host_keys, &offer->ciphers_to_client, &offer->ciphers_to_server,
        &offer->macs_to_client, &offer->macs_to_server, &offer->compression})
    std::ranges::for_each(*names, require_printable);
  return 0;
}
