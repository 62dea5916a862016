// SPDX-License-Identifier: Apache-2.0
// The shipped clients and policies; see data.hpp.
#include "data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tlspolicy::forecast {
namespace {
std::map<std::string, std::string> files_of(const std::string& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry :
       std::filesystem::directory_iterator(TLSPOLICY_SOURCE "/data/" + folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    out[entry.path().string()] = {std::istreambuf_iterator<char>(in), {}};
  }
  return out;
}

// A cursor over one record; reading past its end gives zeros, which no test expects.
struct Cursor {
  std::string_view rest;
  std::size_t number(std::size_t size) {
    std::size_t out = 0;
    for (const char byte : bytes(size)) out = out << 8U | static_cast<unsigned char>(byte);
    return out;
  }
  std::string_view bytes(std::size_t size) {
    size = std::min(size, rest.size());
    const auto out = rest.substr(0, size);
    rest.remove_prefix(size);
    return out;
  }
};

template <class Term>
std::vector<Term> numbers(std::string_view bytes) {
  std::vector<Term> out;
  for (Cursor at{bytes}; !at.rest.empty();) {
    const auto term = static_cast<Term>(at.number(2));
    // Signalling values are not suites; Erlang says some schemes twice.
    if (crypto::find(term) && std::ranges::count(out, term) == 0) out.push_back(term);
  }
  return out;
}
}  // namespace

const Clients& shipped_clients() {
  static const Clients kAll = [] {
    auto parsed = parse_clients(files_of("clients"));
    EXPECT_TRUE(parsed) << parsed.error().where << ": " << parsed.error().what;
    return parsed.value_or(Clients{});
  }();
  return kAll;
}

const Client& shipped_client(const std::string& id) {
  static const Client kNone;
  const auto found = std::ranges::find(shipped_clients(), id, &Client::id);
  EXPECT_NE(found, shipped_clients().end()) << id;
  return found == shipped_clients().end() ? kNone : *found;
}

const policy::Catalogue& shipped_policies() {
  static const policy::Catalogue kAll = [] {
    auto parsed = policy::parse_catalogue(files_of("policies"));
    EXPECT_TRUE(parsed) << parsed.error().where << ": " << parsed.error().what;
    return parsed.value_or(policy::Catalogue{});
  }();
  return kAll;
}

Hello read_hello(const std::string& record) {
  Hello out;
  Cursor hello{record};
  hello.bytes(5 + 4);  // record and handshake headers
  out.max = static_cast<crypto::Protocol>(hello.number(2));
  hello.bytes(32);
  hello.bytes(hello.number(1));
  out.suites = numbers<crypto::Suite>(hello.bytes(hello.number(2)));
  hello.bytes(hello.number(1));
  Cursor extensions{hello.bytes(hello.number(2))};
  while (!extensions.rest.empty()) {
    const auto type = extensions.number(2);
    Cursor body{extensions.bytes(extensions.number(2))};
    if (type == 0) out.sni = true;
    if (type == 10) out.groups = numbers<crypto::Group>(body.bytes(body.number(2)));
    if (type == 13) out.schemes = numbers<crypto::Scheme>(body.bytes(body.number(2)));
    if (type == 43) {  // supported_versions (RFC 8446 4.2.1)
      Cursor versions{body.bytes(body.number(1))};
      while (!versions.rest.empty()) {
        const auto version = static_cast<crypto::Protocol>(versions.number(2));
        // Not those that signal (RFC 8701).
        if (std::ranges::count(crypto::all_protocols(), version) > 0)
          out.max = std::max(out.max, version);
      }
    }
  }
  return out;
}

}  // namespace tlspolicy::forecast
