// SPDX-License-Identifier: Apache-2.0
// Endpoints out of a dump with a block for each listener, and what a dump leaves out.
#include "service/listeners.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "service/manifest.hpp"

namespace tlspolicy::service {
namespace {
using Dump = std::multimap<std::string, std::string>;
using testing::ElementsAre, testing::IsEmpty;

Manifest dovecot() {
  const std::string path = TLSPOLICY_SOURCE "/data/services/dovecot/service.toml";
  std::ifstream in(path);
  return parse_manifest(std::string((std::istreambuf_iterator<char>(in)), {}), path).value();
}

// "587 smtp", "465 " of every row.
std::vector<std::string> endpoints_in(const Dump& dump) {
  const Manifest manifest = dovecot();
  std::vector<std::string> out, notes;
  for (const auto& row : manifest.endpoints)
    for (const auto& one : from_listeners(row, {}, dump, notes))
      if (one.address == "0.0.0.0") out.push_back(std::to_string(one.port) + " " + one.preamble);
  return out;
}

// As Dovecot 2.4 prints its own: the blocks that a file names, without what they have built in.
const Dump kNamed{{"listen", ""}, {"protocols/submission", "yes"}, {"ssl", "yes"}};
const std::string kSubmission = "service/submission-login/inet_listener/submission";
const Dump kBuiltIn{{"listen", "* ::"},
                    {"ssl", "no"},
                    {kSubmission + "/port", "587"},
                    {kSubmission + "s/port", "465"},
                    {kSubmission + "s/ssl", "yes"}};

TEST(Listeners, AreFilledInWithWhatIsBuiltIn) {
  EXPECT_THAT(endpoints_in(kNamed), IsEmpty());
  Dump dump = kNamed;
  fill_in(dump, kBuiltIn);
  EXPECT_EQ(dump.find("ssl")->second, "yes") << "what was printed counts";
  EXPECT_THAT(endpoints_in(dump), ElementsAre("587 smtp", "465 "));
}

TEST(Listeners, ThatWereMovedOrSwitchedOffStaySo) {
  Dump dump = kNamed;
  dump.emplace(kSubmission + "/port", "1587");
  dump.emplace(kSubmission + "s/port", "0");
  fill_in(dump, kBuiltIn);
  EXPECT_THAT(endpoints_in(dump), ElementsAre("1587 smtp"));
}

// What holds for one protocol wins over the top level, both ways.
TEST(Listeners, OfAProtocolWithoutTlsAreNoted) {
  const Manifest manifest = dovecot();
  Dump dump{{"listen", "*"},
            {"protocols", "imap pop3"},
            {"ssl", "yes"},
            {"protocol/pop3/ssl", "no"},
            {"service/pop3-login/inet_listener/pop3/port", "110"},
            {"service/imap-login/inet_listener/imap/port", "143"}};
  std::vector<std::string> notes;
  std::vector<int> ports;
  const auto look = [&] {
    notes.clear();
    ports.clear();
    for (const auto& row : manifest.endpoints)
      for (const auto& one : from_listeners(row, {}, dump, notes)) ports.push_back(one.port);
  };
  look();
  EXPECT_THAT(ports, ElementsAre(143));
  EXPECT_THAT(notes, ElementsAre("port 110 speaks no TLS: ssl = no in protocol pop3"));
  dump.find("ssl")->second = "no";
  dump.find("protocol/pop3/ssl")->second = "yes";
  look();
  EXPECT_THAT(ports, ElementsAre(110));
  EXPECT_THAT(notes, ElementsAre("port 143 speaks no TLS: ssl = no"));
}

// doveconf -a prints "ssl_key = # hidden, use -P to show it".
TEST(Listeners, HaveTheKeysThatTheFilesName) {
  const Manifest manifest = dovecot();
  const Dump dump{{"listen", "*"},
                  {"protocols", "imap"},
                  {"ssl", "yes"},
                  {"ssl_cert", "</etc/a.pem"},
                  {"ssl_key", "# hidden, use -P to show it"},
                  {"service/imap-login/inet_listener/imap/port", "143"}};
  config::Source key{"/etc/dovecot/dovecot.conf", {}};
  key.setting.key = "ssl_key";
  key.setting.args = {"</etc/a.key"};
  std::vector<std::string> notes;
  std::vector<KeyFile> found;
  for (const auto& row : manifest.endpoints)
    for (const auto& one : from_listeners(row, {key}, dump, notes)) found = one.keys;
  EXPECT_THAT(found, ElementsAre(KeyFile{"/etc/a.pem", "/etc/a.key", "ssl_key"}));
}

}  // namespace
}  // namespace tlspolicy::service
