// SPDX-License-Identifier: Apache-2.0
// A mail client, and a queue, that say any bytes: no crash, the same end however they are cut, an
// id that is safe in a command, and nothing in a text that could not be printed.  Input: which
// side, how large the pieces, then the words.
#include <algorithm>
#include <cstdlib>

#include "wire/mail_sink.hpp"
#include "wire/queue_client.hpp"

using namespace tlspolicy;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_printable(const std::string& text) {
  require(std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E; }));
}

void each_piece(wire::View bytes, std::size_t piece, auto&& then) {
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size())))
    then(bytes.first(std::min(piece, bytes.size())));
}

wire::MailSink talk(bool behind_tls, wire::View bytes, std::size_t piece) {
  wire::MailSink sink(behind_tls, !behind_tls);
  sink.to_send();
  each_piece(bytes, piece, [&](wire::View part) {
    sink.feed(part);
    if (!sink.wants_tls()) sink.to_send();
  });
  return sink;
}

void ask_queue(wire::View bytes, std::size_t piece) {
  wire::QueueClient client("smtp:[127.0.0.1]:4000", 0);
  client.go_on();
  bool fine = true;
  each_piece(bytes, piece, [&](wire::View part) {
    if (!fine) return;
    const auto fed = client.feed(part);
    fine = fed.has_value();
    if (!fine) require_printable(fed.error().what);
    client.to_send();
  });
  require(std::ranges::all_of(client.id(), [](unsigned char c) { return std::isalnum(c) != 0; }));
  require(!client.done() || !client.id().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const wire::View words(data + 2, size - 2);
  const std::size_t piece = data[1] % 64 + std::size_t{1};
  if (data[0] % 3 == 2) {
    ask_queue(words, piece);
    return 0;
  }
  const auto whole = talk(data[0] % 3 == 1, words, std::max<std::size_t>(words.size(), 1));
  const auto cut = talk(data[0] % 3 == 1, words, piece);
  require(whole.taken() == cut.taken());
  require(!whole.taken() || data[0] % 3 == 1);
  require_printable(whole.last());
  return 0;
}
