// SPDX-License-Identifier: Apache-2.0
// A client's first flight of any bytes: no crash, the same result however it is cut, nothing in a
// text that could not be printed.  Input: how large the pieces, then the flight.
#include <algorithm>
#include <cstdlib>

#include "wire/client_offer.hpp"

using namespace tlspolicy;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_printable(const std::string& text) {
  require(std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E; }));
}

wire::Offered offered(wire::View bytes, std::size_t piece) {
  wire::ClientFlight flight;
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size())))
    if (auto out = flight.feed(bytes.first(std::min(piece, bytes.size())))) return *out;
  return flight.end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const wire::View flight(data + 1, size - 1);
  const auto whole = offered(flight, std::max<std::size_t>(flight.size(), 1));
  const auto cut = offered(flight, data[0] % 64 + std::size_t{1});
  require(whole.index() == cut.index());
  if (const auto* offer = std::get_if<wire::ClientOffer>(&whole)) {
    require(*offer == std::get<wire::ClientOffer>(cut));
    require(offer->lists_versions || offer->versions.size() == 1);
    require(offer->suites.size() <= offer->size && offer->shares.size() <= offer->size);
    require_printable(offer->sni);
  }
  if (const auto* nonsense = std::get_if<wire::Nonsense>(&whole)) require_printable(nonsense->why);
  return 0;
}
