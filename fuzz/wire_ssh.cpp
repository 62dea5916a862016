// SPDX-License-Identifier: Apache-2.0
// An SSH server that says any bytes: no crash in packets or in what stands in them, the same
// packets however they are cut, and no name that could not be printed.  Input: how large the
// pieces, then its bytes.
#include <algorithm>
#include <cstdlib>

#include "wire/ssh.hpp"

using namespace tlspolicy;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_printable(const std::string& text) {
  require(std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E; }));
}

std::vector<wire::Bytes> packets_of(wire::View bytes, std::size_t piece) {
  wire::SshStream stream;
  std::vector<wire::Bytes> out;
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size()))) {
    stream.feed(bytes.first(std::min(piece, bytes.size())));
    while (auto payload = stream.next()) out.push_back(std::move(*payload));
  }
  require_printable(stream.banner());
  require_printable(stream.broken());
  return out;
}

void read(wire::View payload) {
  for (const bool finite_field : {false, true})
    if (const auto reply = wire::parse_kex_reply(payload, finite_field))
      if (const auto key = wire::parse_host_key(reply->host_key)) require_printable(key->algorithm);
  if (const auto group = wire::parse_gex_group(payload))
    require(!group->p.empty() && group->p.front() != 0 && !group->g.empty());
  if (const auto names = wire::parse_sig_algs(payload))
    std::ranges::for_each(*names, require_printable);
  if (const auto key = wire::parse_host_key(payload)) require_printable(key->algorithm);
  wire::parse_kexinit(payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const wire::View bytes(data + 1, size - 1);
  const auto whole = packets_of(bytes, std::max<std::size_t>(bytes.size(), 1));
  require(whole == packets_of(bytes, data[0] % 64 + std::size_t{1}));
  std::ranges::for_each(whole, read);
  read(bytes);  // the messages themselves, without the way to them
  return 0;
}
