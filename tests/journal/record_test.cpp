// SPDX-License-Identifier: Apache-2.0
// Frames: the check's published values, torn tails, damage in the middle.
#include "journal/record.hpp"

#include <gtest/gtest.h>

namespace tlspolicy::journal {
namespace {

// RFC 3720 B.4, "CRC Examples".
TEST(Crc32c, GivesTheValuesOfRfc3720) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
  std::string rising, falling;
  for (char c = 0; c < 32; ++c) rising += c;
  falling.assign(rising.rbegin(), rising.rend());
  EXPECT_EQ(crc32c(rising), 0x46DD794EU);
  EXPECT_EQ(crc32c(falling), 0x113FDB5CU);
  EXPECT_EQ(crc32c(rising.substr(5), crc32c(rising.substr(0, 5))), 0x46DD794EU);
}

TEST(Records, ComeBackAsTheyWereFramed) {
  const std::string bytes = frame(Type::touch, "one") + frame(Type::end, "");
  const auto records = cut_records(bytes, "7");
  ASSERT_TRUE(records);
  ASSERT_EQ(records->all.size(), 2U);
  EXPECT_EQ(records->all[0].type, Type::touch);
  EXPECT_EQ(records->all[0].payload, "one");
  EXPECT_EQ(records->all[1].type, Type::end);
  EXPECT_EQ(records->whole, bytes.size());
}

TEST(Records, EndBeforeATornOneWhereverItWasTorn) {
  const std::string whole = frame(Type::touch, "one"), torn = frame(Type::back, "two");
  for (std::size_t length = 0; length < torn.size(); ++length) {
    for (const std::string& tail : {torn.substr(0, length), std::string(length, '\0')}) {
      const std::string bytes = whole + tail;
      const auto records = cut_records(bytes, "7");
      ASSERT_TRUE(records) << length;
      EXPECT_EQ(records->all.size(), 1U) << length;
      EXPECT_EQ(records->whole, whole.size()) << length;
    }
  }
}

TEST(Records, DamagedInTheMiddleAreAnErrorWithTheirOffset) {
  const std::string first = frame(Type::touch, "one"), second = frame(Type::touch, "two"),
                    third = frame(Type::end, "three");
  for (std::size_t at = 0; at < second.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = second;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      const auto records = cut_records(first + damaged + third, "7");
      ASSERT_FALSE(records) << at;
      EXPECT_EQ(records.error().id, "journal-corrupt");
      EXPECT_EQ(records.error().where, "7:" + std::to_string(first.size()));
    }
  }
}

}  // namespace
}  // namespace tlspolicy::journal
