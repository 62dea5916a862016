// SPDX-License-Identifier: Apache-2.0
// The last line of a log that counts, whatever stands in it.
#include "cli/evidence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tlspolicy::cli {
namespace {
using testing::HasSubstr, testing::Not;

const service::Evidence kEvidence{
    {}, "TLS connection established to ", " established to 127.0.0.1["};
const std::string kOld = "a postfix/smtp[1]: TLS connection established to old: TLSv1.2\n";
const std::string kNew = "b postfix/smtp[1]: TLS connection established to new: TLSv1.3\n";
const std::string kOurs = "c postfix/smtp[1]: TLS connection established to 127.0.0.1[127.0.0.1]\n";

TEST(Evidence, IsTheLastLineThatIsNotOurOwnDoing) {
  EXPECT_THAT(latest(kEvidence, kOld + kNew + "x\n\n" + kOurs), HasSubstr("to new: TLSv1.3"));
  EXPECT_EQ(latest(kEvidence, kOurs), "");
  EXPECT_EQ(latest(kEvidence, ""), "");
  EXPECT_EQ(latest(kEvidence, "\n\n"), "");
  EXPECT_THAT(latest(kEvidence, kNew.substr(0, kNew.size() - 1)), HasSubstr("new"));
}

TEST(Evidence, OfAHostileLineIsHarmless) {
  const auto line = latest(kEvidence, std::string("\x1b[2J\0\xff", 6) +
                                          "TLS connection established to \x1b]0;x\x07" +
                                          std::string(100'000, 'a'));
  EXPECT_THAT(line, Not(HasSubstr("\x1b")));
  EXPECT_THAT(line, Not(HasSubstr("\x07")));
  EXPECT_LT(line.size(), 2'000U);
}

}  // namespace
}  // namespace tlspolicy::cli
