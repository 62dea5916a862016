// SPDX-License-Identifier: Apache-2.0
// A server that says any bytes when it is asked for Heartbleed or CCS injection: no crash, the same
// verdict however they are cut, and nothing is sent before its first flight was whole.  Input:
// which question, how large the pieces, then its bytes.
#include <algorithm>
#include <cstdlib>

#include "wire/reaction.hpp"

using namespace tlspolicy;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

const wire::Hello& asked() {
  static const wire::Hello kHello{
      {crypto::Protocol::tls12}, {crypto::Suite{0x2F}}, {crypto::Group{29}}, {}, {}, ""};
  return kHello;
}

wire::Reaction reaction_to(wire::View bytes, wire::Poke poke, std::size_t piece) {
  wire::Poking poking(asked(), poke);
  poking.to_send();
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size()))) {
    const auto out = poking.feed(bytes.first(std::min(piece, bytes.size())));
    if (out) return *out;
  }
  const auto out = poking.end(false);
  require(out.asked || poking.to_send().empty());
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto poke = data[0] % 2 == 0 ? wire::Poke::heartbeat : wire::Poke::early_ccs;
  const wire::View bytes(data + 2, size - 2);
  const auto whole = reaction_to(bytes, poke, std::max<std::size_t>(bytes.size(), 1));
  require(whole == reaction_to(bytes, poke, data[1] % 64 + std::size_t{1}));
  require(whole.asked || (!whole.echoed && !whole.alert));
  return 0;
}
