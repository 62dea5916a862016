// SPDX-License-Identifier: Apache-2.0
// A server's first flight of any bytes: no crash, the same kind of answer however it is cut, and
// nothing accepted that was not asked.  Input: which hello, how large the pieces, then the flight.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "wire/hello.hpp"

using namespace tlspolicy;
using crypto::Protocol;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

const std::array<wire::Hello, 5>& hellos() {
  static const auto kAll = [] {
    crypto::Suites suites;
    for (const auto& info : crypto::all_suites()) suites.push_back(info.suite);
    const crypto::Groups groups{crypto::Group{23}, crypto::Group{29}};
    std::array<wire::Hello, 5> out{};
    const std::array<crypto::Protocols, 5> versions{{
        {Protocol::ssl2},
        {Protocol::ssl3},
        {Protocol::tls12},
        {Protocol::tls13},
        {Protocol::tls10, Protocol::tls12, Protocol::tls13},
    }};
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = {versions[i],
                suites,
                groups,
                {},
                {crypto::Group{29}},
                "",
                {.alpn = {"h2"}, .deflate = true}};
    return out;
  }();
  return kAll;
}

wire::Answer answer_to(const wire::Hello& asked, wire::View bytes, std::size_t piece) {
  wire::FirstFlight flight(asked);
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size())))
    if (auto answer = flight.feed(bytes.first(std::min(piece, bytes.size())))) return *answer;
  return flight.end(false);
}

void require_inside(const wire::Hello& asked, const wire::Answer& answer) {
  const auto holds = [](const auto& list, auto term) {
    return std::ranges::find(list, term) != list.end();
  };
  if (const auto* chosen = std::get_if<wire::Chosen>(&answer)) {
    require(holds(asked.versions, chosen->version));
    require(holds(asked.suites, chosen->suite) || chosen->version == Protocol::ssl2);
    require(!chosen->group || holds(asked.groups, *chosen->group));
    require(chosen->told.alpn.empty() || holds(asked.extras.alpn, chosen->told.alpn));
  }
  if (const auto* retry = std::get_if<wire::Retry>(&answer)) {
    require(holds(asked.suites, retry->suite));
    require(holds(asked.groups, retry->group) && !holds(asked.shares, retry->group));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const wire::Hello& asked = hellos()[data[0] % hellos().size()];
  const wire::View flight(data + 2, size - 2);
  const wire::Answer whole = answer_to(asked, flight, std::max<std::size_t>(flight.size(), 1));
  const wire::Answer cut = answer_to(asked, flight, data[1] % 64 + std::size_t{1});
  require_inside(asked, whole);
  require(whole.index() == cut.index());
  // What is not TLS is quoted as far as it had come.
  require(whole == cut || std::holds_alternative<wire::Nonsense>(whole));
  return 0;
}
