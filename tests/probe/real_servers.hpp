// SPDX-License-Identifier: Apache-2.0
// Servers that other people wrote, each for one test, and what all their tests ask in the same way.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "probe/probe.hpp"
#include "probe/servers.hpp"

namespace tlspolicy::probe {
using crypto::Group, crypto::Protocol, crypto::Suite;
using test::ServerProcess;

inline constexpr Group kP256{0x17}, kP384{0x18}, kP521{0x19}, kX25519{0x1D}, kX448{0x1E};
inline const crypto::Groups kGroups{kX25519, kP256, kP384, kP521, kX448};

inline crypto::Schemes every_scheme() {
  crypto::Schemes out;
  for (const auto& info : crypto::all_schemes()) out.push_back(info.scheme);
  return out;
}
// All suites of a version, without those that only signal something.
inline crypto::Suites every_suite(Protocol version) {
  crypto::Suites out;
  for (const auto& info : crypto::all_suites())
    if (info.kx != crypto::KeyExchange::null && crypto::usable_in(info.suite, version))
      out.push_back(info.suite);
  return out;
}
inline Suite suite(std::string_view name) { return crypto::suite_named(name).value(); }

class RealServers : public ::testing::Test {
 protected:
  // A key and a certificate signed by itself; `algorithm` as for `openssl req -newkey`.
  std::vector<std::string> certificate(const std::string& name, const std::string& algorithm,
                                       const std::string& more = "") {
    test::output_of("openssl req -x509 -nodes -days 30 -subj '/O=Example/CN=" + name +
                    "' -newkey " + algorithm + " " + more + " -keyout " + (folder_ / name) +
                    ".key -out " + (folder_ / name) + ".crt 2>/dev/null");
    return {folder_ / (name + ".crt"), folder_ / (name + ".key")};
  }
  ServerProcess openssl_server(std::vector<std::string> more) {
    const std::uint16_t port = test::free_port();
    std::vector<std::string> argv{"openssl", "s_server", "-accept",
                                  "127.0.0.1:" + std::to_string(port), "-www"};
    argv.insert(argv.end(), more.begin(), more.end());
    return {argv, port};
  }
  std::vector<std::string> with_certificate(const std::vector<std::string>& files,
                                            std::vector<std::string> more) {
    more.insert(more.end(), {"-cert", files[0], "-key", files[1]});
    return more;
  }
  wire::Answer ask(const wire::Hello& hello) {
    Enquiry enquiry;
    wire::Answer out = wire::Unreachable{"no callback"};
    enquiry.ask(place_, hello, [&](const wire::Answer& answer) { out = answer; });
    enquiry.run();
    return out;
  }
  // The suites that the server accepts when each is offered alone, by name.
  std::vector<std::string> accepted(Protocol version) {
    Enquiry enquiry;
    std::vector<std::string> out;
    for (const auto one : every_suite(version)) {
      const wire::Hello hello{{version}, {one}, kGroups, every_scheme(), {}, ""};
      enquiry.ask(place_, hello, [&out, one](const wire::Answer& answer) {
        const auto* chosen = std::get_if<wire::Chosen>(&answer);
        const auto* retry = std::get_if<wire::Retry>(&answer);
        if (chosen != nullptr || retry != nullptr) out.push_back(crypto::name(one));
        if (chosen != nullptr) {
          EXPECT_EQ(chosen->suite, one);
        } else if (retry == nullptr) {
          EXPECT_TRUE(std::holds_alternative<wire::Refused>(answer)) << crypto::name(one);
        }
      });
    }
    enquiry.run();
    return out;
  }
  Handshake shake(Protocol version, const crypto::Groups& groups = kGroups) {
    return full_handshake(place_, version, every_suite(version), groups, test::kPatience);
  }
  void at(std::uint16_t port) { place_ = {"127.0.0.1", port, "", ""}; }

  test::TempFolder folder_;
  Place place_;
};

}  // namespace tlspolicy::probe
