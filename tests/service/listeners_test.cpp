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

}  // namespace
}  // namespace tlspolicy::service
