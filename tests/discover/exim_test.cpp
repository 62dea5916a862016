// SPDX-License-Identifier: Apache-2.0
// Discovery of a service whose library decides the words: exim on Debian, in its layouts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "discover/shipped.hpp"

namespace tlspolicy::discover {
namespace {
using testing::Contains, testing::ElementsAre, testing::IsEmpty, testing::Not;

const std::string kLdd =
    "\tlibdb-5.3.so => /lib/libdb-5.3.so (0x1)\n\tlibgnutls.so.30 => /lib/libgnutls.so.30 (0x2)\n"
    "\tlibssl.so.3 => /lib/libssl.so.3 (0x3)\n";

// GnuTLS without TLS 1.1, AES-128-CBC and hybrids.
host::Finished preflight(const host::Command& command) {
  std::istringstream questions(command.input);
  std::string out;
  for (std::string line; std::getline(questions, line);) {
    if (line == "version") {
      out += "ok 3.7.9\n";
    } else if (line == "priority-protocols NORMAL") {
      out += "ok TLS1.3,TLS1.2,DTLS1.2\n";
    } else if (line == "priority-suites NORMAL") {
      out += "ok c02b,c02f\n";
    } else if (line == "priority-schemes NORMAL") {
      out += "ok ECDSA-SHA256,ECDSA-SECP256R1-SHA256\n";
    } else if (line == "priority-order NORMAL") {
      out += "ok client\n";
    } else {
      const bool lacks = line.ends_with("VERS-TLS1.1") || line.ends_with("AES-128-CBC") ||
                         line.find("MLKEM") != std::string::npos || line.starts_with("priority");
      out += lacks ? "no such word\n" : "ok\n";
    }
  }
  return {0, out, "", false};
}

test::FakeHost debian() {
  test::FakeHost host;
  host.put("/usr/sbin/exim4", "");
  host.put("/etc/exim4/update-exim4.conf.conf", "# x\ndc_use_split_config='false'\n");
  host.put("/etc/exim4/exim4.conf.template", "exim_path = /usr/sbin/exim4\nbegin acl\n");
  host.on("*", 1);
  host.on("/usr/sbin/exim4 -bV", 0, "Exim version 4.96 #2 built 27-May-2026 16:52:26\n");
  host.on("sh -c tr *; /usr/sbin/exim4 -bP", 0,
          "daemon_smtp_ports = smtp\nlocal_interfaces = <; 127.0.0.1 ; ::1\n"
          "tls_advertise_hosts = *\ntls_certificate = \nno_tls_remember_esmtp\n");
  host.on("sh -c update-exim4.conf --check", 0);
  host.on("sh -c start-stop-daemon --status *", 0);
  host.on("ldd /usr/sbin/exim4", 0, kLdd);
  host.on("/pre /lib/libgnutls.so.30", preflight);
  return host;
}

service::Instance look(test::FakeHost& host) {
  const auto state = discover(host, shipped({"exim"}), {"/pre", {}});
  EXPECT_EQ(state.instances.size(), 1U);
  return state.instances.empty() ? service::Instance{} : state.instances[0];
}

TEST(DiscoverExim, FindsTheLibraryThatTheProgramItselfNames) {
  auto host = debian();
  const auto found = look(host);
  EXPECT_EQ(found.capability.library, "gnutls");
  EXPECT_EQ(found.capability.library_path, "/lib/libgnutls.so.30");
  EXPECT_EQ(found.capability.program_version, "4.96");
  EXPECT_EQ(found.capability.library_version, "3.7.9");
  EXPECT_TRUE(found.running);
  EXPECT_FALSE(found.broken);
  EXPECT_EQ(found.layout, "debian");
  ASSERT_EQ(found.endpoints.size(), 2U);
  EXPECT_EQ(found.endpoints[0].id, "exim:127.0.0.1:25");
  EXPECT_EQ(found.endpoints[0].role, "opportunistic");
}

TEST(DiscoverExim, HearsOpensslWhereTheProgramIsBuiltWithIt) {
  auto host = debian();
  host.on("ldd /usr/sbin/exim4", 0, "\tlibssl.so.3 => /lib/libssl.so.3 (0x1)\n");
  EXPECT_EQ(look(host).capability.library, "openssl");
}

TEST(DiscoverExim, KeepsTheWordsThatGnutlsTakes) {
  auto host = debian();
  const auto can = look(host).capability;
  EXPECT_THAT(can.words, Contains("VERS-TLS1.2"));
  EXPECT_THAT(can.words, Contains("GROUP-X25519"));
  EXPECT_THAT(can.words, Not(Contains("VERS-TLS1.1")));
  EXPECT_THAT(can.words, Not(Contains("GROUP-X25519-MLKEM768")));
  EXPECT_THAT(can.suites, IsEmpty());
}

TEST(DiscoverExim, LetsTheLibraryReadAStringInTheConfiguration) {
  auto host = debian();
  host.put("/etc/exim4/exim4.conf.localmacros", "tls_require_ciphers = NORMAL\n");
  const auto can = look(host).capability;
  EXPECT_THAT(can.readings.at("priority-protocols NORMAL"), ElementsAre("TLSv1.2", "TLSv1.3"));
  EXPECT_THAT(can.readings.at("priority-suites NORMAL"),
              ElementsAre("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
  EXPECT_THAT(can.readings.at("priority-schemes NORMAL"), ElementsAre("ecdsa_secp256r1_sha256"));
  EXPECT_THAT(can.readings.at("priority-order NORMAL"), ElementsAre("client"));
  EXPECT_FALSE(can.readings.contains("priority-groups NORMAL"));
}

TEST(DiscoverExim, LetsTheLibraryReadAStringThatWasSetAside) {
  auto host = debian();
  host.put("/etc/exim4/exim4.conf.localmacros",
           "#tlspolicy set aside# tls_require_ciphers = NORMAL\n");
  EXPECT_TRUE(look(host).capability.readings.contains("priority-protocols NORMAL"));
}

TEST(DiscoverExim, KnowsItsLayoutsByWhatUpdateExim4ConfReads) {
  auto host = debian();
  EXPECT_EQ(look(host).vars.at("ours"), "/etc/exim4/exim4.conf.localmacros");
  EXPECT_THAT(look(host).notes, IsEmpty());  // that file need not be there
  host.put("/etc/exim4/update-exim4.conf.conf", "  dc_use_split_config='true'\n");
  host.put("/etc/exim4/conf.d/main/03_x", "tls_require_ciphers = NORMAL\n");
  host.put("/etc/exim4/conf.d/main/04_x.dpkg-old", "tls_require_ciphers = SECURE128\n");
  const auto split = look(host);
  EXPECT_EQ(split.layout, "debian-split");
  EXPECT_TRUE(split.capability.readings.contains("priority-protocols NORMAL"));
  EXPECT_TRUE(split.files.contains("/etc/exim4/conf.d/main/03_x"));
  host.put("/etc/exim4/exim4.conf", "tls_require_ciphers = NORMAL\n");
  EXPECT_EQ(look(host).layout, "debian-own");
}

}  // namespace
}  // namespace tlspolicy::discover
