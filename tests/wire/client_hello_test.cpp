// SPDX-License-Identifier: Apache-2.0
// Client hellos, read back byte by byte in the order of the RFCs; the readers here are written
// against the RFCs and share nothing with the writer but the cursor.
#include <gmock/gmock.h>

#include <map>

#include "wire/hello.hpp"
#include "wire/reader.hpp"

namespace tlspolicy::wire {
namespace {
using crypto::Group, crypto::Protocol, crypto::Scheme, crypto::Suite;
using ::testing::ElementsAre;

constexpr Suite kGcm{0xC02F};
constexpr Suite kTls13{0x1301};

struct Read {
  int record_version = 0, version = 0;
  std::size_t records = 0, session_id = 0;
  std::vector<int> suites;
  Bytes compression;
  bool has_extensions = false;
  std::vector<int> order;
  std::map<int, Bytes> extensions;
};

// Joins the records and takes the one ClientHello in them apart.
Read read_back(const Bytes& bytes) {
  Read out;
  Bytes message;
  Reader records{View(bytes)};
  while (records.left() > 0) {
    EXPECT_EQ(records.u8(), 22);
    out.record_version = records.u16();
    const View body = records.prefixed(2);
    EXPECT_LE(body.size(), 1U << 14);
    message.insert(message.end(), body.begin(), body.end());
    ++out.records;
  }
  EXPECT_TRUE(records.done());
  Reader handshake{View(message)};
  EXPECT_EQ(handshake.u8(), 1);
  Reader in(handshake.prefixed(3));
  EXPECT_TRUE(handshake.done());
  out.version = in.u16();
  in.take(32);
  out.session_id = in.prefixed(1).size();
  Reader suites(in.prefixed(2));
  while (suites.left() > 0) out.suites.push_back(suites.u16());
  const View compression = in.prefixed(1);
  out.compression.assign(compression.begin(), compression.end());
  out.has_extensions = in.left() > 0;
  if (!out.has_extensions) return out;
  Reader extensions(in.prefixed(2));
  while (extensions.ok() && extensions.left() > 0) {
    const int type = extensions.u16();
    const View body = extensions.prefixed(2);
    EXPECT_FALSE(out.extensions.contains(type)) << "extension twice: " << type;
    out.order.push_back(type);
    out.extensions[type] = Bytes(body.begin(), body.end());
  }
  EXPECT_TRUE(in.done() && extensions.done());
  return out;
}

TEST(ClientHello, IsPureSoThatTheSameSeedMakesTheSameBytes) {
  const Hello hello{{Protocol::tls13}, {kTls13}, {Group{29}}, {}, {Group{29}}, ""};
  EXPECT_EQ(client_hello(hello, 7), client_hello(hello, 7));
  EXPECT_NE(client_hello(hello, 7), client_hello(hello, 8));
}

TEST(ClientHello, OfSsl3HasNoExtensionsAndNoName) {
  const Hello hello{{Protocol::ssl3}, {Suite{10}}, {Group{23}}, {Scheme{0x0401}}, {}, "a.example"};
  const Read read = read_back(client_hello(hello));
  EXPECT_EQ(read.record_version, 0x0300);
  EXPECT_EQ(read.version, 0x0300);
  EXPECT_FALSE(read.has_extensions);
}

TEST(ClientHello, UpTo12SaysItsVersionInTheOldFieldAlone) {
  const Hello hello{
      {Protocol::tls12}, {kGcm, Suite{0x2F}}, {Group{29}, Group{23}}, {Scheme{0x0804}}, {},
      "a.example"};
  const Read read = read_back(client_hello(hello));
  EXPECT_EQ(read.record_version, 0x0301);
  EXPECT_EQ(read.version, 0x0303);
  EXPECT_EQ(read.session_id, 0U);
  EXPECT_THAT(read.suites, ElementsAre(0xC02F, 0x2F));
  EXPECT_THAT(read.compression, ElementsAre(0));
  // server_name, extended_master_secret, renegotiation_info, groups, point formats, schemes
  EXPECT_THAT(read.order, ElementsAre(0, 23, 0xFF01, 10, 11, 13));
  EXPECT_THAT(read.extensions.at(0),
              ElementsAre(0, 12, 0, 0, 9, 'a', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e'));
  EXPECT_THAT(read.extensions.at(10), ElementsAre(0, 4, 0, 29, 0, 23));
  EXPECT_THAT(read.extensions.at(11), ElementsAre(1, 0));
  EXPECT_THAT(read.extensions.at(13), ElementsAre(0, 2, 8, 4));
  EXPECT_THAT(read.extensions.at(23), ElementsAre());
  EXPECT_THAT(read.extensions.at(0xFF01), ElementsAre(0));
}

TEST(ClientHello, LeavesOutWhatIsEmpty) {
  const Read read = read_back(client_hello({{Protocol::tls10}, {Suite{0x2F}}, {}, {}, {}, ""}));
  EXPECT_EQ(read.version, 0x0301);
  EXPECT_THAT(read.order, ElementsAre(23, 0xFF01));
}

TEST(ClientHello, Of13AsksForRetryWithAnEmptyKeyShare) {
  const Read read =
      read_back(client_hello({{Protocol::tls13}, {kTls13}, {Group{29}}, {Scheme{0x0804}}, {}, ""}));
  EXPECT_EQ(read.record_version, 0x0301);
  EXPECT_EQ(read.version, 0x0303);
  EXPECT_EQ(read.session_id, 32U);
  EXPECT_THAT(read.order, ElementsAre(10, 13, 43, 45, 51));
  EXPECT_THAT(read.extensions.at(43), ElementsAre(2, 3, 4));
  EXPECT_THAT(read.extensions.at(45), ElementsAre(1, 1));
  EXPECT_THAT(read.extensions.at(51), ElementsAre(0, 0));
}

TEST(ClientHello, ListsSeveralVersionsNewestFirst) {
  const Read read = read_back(client_hello({{Protocol::ssl2, Protocol::tls12, Protocol::tls13},
                                            {kGcm, kTls13},
                                            {Group{29}},
                                            {},
                                            {},
                                            ""}));
  EXPECT_EQ(read.version, 0x0303);
  EXPECT_THAT(read.extensions.at(43), ElementsAre(4, 3, 4, 3, 3));
  EXPECT_TRUE(read.extensions.contains(23));
}

TEST(ClientHello, CarriesExtrasBesideWhatItAsks) {
  Hello hello{{Protocol::tls12}, {kGcm}, {Group{29}}, {Scheme{0x0804}}, {}, ""};
  const Read bare = read_back(client_hello(hello));
  hello.extras.usual = true;
  hello.extras.alpn = {"h2", "http/1.1"};
  hello.extras.heartbeat = hello.extras.deflate = hello.extras.fallback = true;
  hello.extras.legacy_version = 0x0304;
  const Read read = read_back(client_hello(hello));
  EXPECT_EQ(read.version, 0x0304);
  EXPECT_THAT(read.suites, ElementsAre(0xC02F, 0x5600));
  EXPECT_THAT(read.compression, ElementsAre(1, 0));
  EXPECT_THAT(read.extensions.at(5), ElementsAre(1, 0, 0, 0, 0));
  EXPECT_THAT(read.extensions.at(15), ElementsAre(1));
  EXPECT_THAT(read.extensions.at(16),
              ElementsAre(0, 12, 2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'));
  EXPECT_THAT(read.extensions.at(22), ElementsAre());
  EXPECT_THAT(read.extensions.at(35), ElementsAre());
  for (const auto& [type, body] : bare.extensions)
    EXPECT_EQ(read.extensions.at(type), body) << type;
}

// RFC 8701: one reserved value of each kind.
TEST(ClientHello, OffersValuesThatNobodyHas) {
  Hello hello{{Protocol::tls13}, {kTls13}, {Group{29}}, {}, {}, ""};
  hello.extras.grease = true;
  const Read read = read_back(client_hello(hello));
  EXPECT_THAT(read.suites, ElementsAre(0x5A5A, 0x1301));
  EXPECT_THAT(read.extensions.at(10), ElementsAre(0, 4, 0x5A, 0x5A, 0, 29));
  EXPECT_THAT(read.extensions.at(43), ElementsAre(4, 0x5A, 0x5A, 3, 4));
  EXPECT_TRUE(read.extensions.contains(0x5A5A));
}

TEST(ClientHello, IsPaddedToJustTheSizeThatIsWanted) {
  Hello hello{{Protocol::tls12}, {kGcm}, {Group{29}}, {}, {}, ""};
  const std::size_t bare = client_hello(hello).size();
  for (const std::size_t more : {5U, 250U, 1'000U, 17'000U}) {
    hello.extras.at_least = bare + more;
    const Bytes bytes = client_hello(hello);
    const Read read = read_back(bytes);
    // The record headers come on top.
    EXPECT_EQ(bytes.size(), bare + more + 5 * read.records);
    EXPECT_THAT(read.extensions.at(21), ::testing::Each(0));
    EXPECT_EQ(read.order.back(), 21);
  }
  hello.extras.at_least = 20;
  EXPECT_FALSE(read_back(client_hello(hello)).extensions.contains(21));
}

TEST(ClientHello, SharesEachGroupThatItCanInTheSizeThatTheGroupHas) {
  // RFC 8446 4.2.8.1 and 4.2.8.2, FIPS 203 table 3, draft-ietf-tls-ecdhe-mlkem 4.1
  const std::map<int, std::size_t> sizes{
      {0x17, 65},    {0x18, 97},     {0x19, 133},    {0x1D, 32},     {0x1E, 56},    {0x100, 256},
      {0x101, 384},  {0x102, 512},   {0x103, 768},   {0x104, 1024},  {0x200, 800},  {0x201, 1184},
      {0x202, 1568}, {0x11EB, 1249}, {0x11EC, 1216}, {0x11ED, 1665}, {0x6399, 1216}};
  for (const auto& [number, size] : sizes) {
    const auto group = static_cast<Group>(number);
    const Read read =
        read_back(client_hello({{Protocol::tls13}, {kTls13}, {group}, {}, {group}, ""}));
    const Bytes extension = read.extensions.at(51);
    Reader in{View(extension)};
    Reader shares(in.prefixed(2));
    EXPECT_EQ(shares.u16(), number);
    EXPECT_EQ(shares.prefixed(2).size(), size) << crypto::name(group);
    EXPECT_TRUE(shares.done() && in.done());
    EXPECT_TRUE(can_share(group));
  }
  int shareable = 0;
  for (const auto& info : crypto::all_groups()) shareable += can_share(info.group) ? 1 : 0;
  EXPECT_GE(shareable, 16);
}

TEST(ClientHello, LeavesAGroupThatItCannotShareOutOfKeyShareOnly) {
  const Group brainpool{0x1F};
  ASSERT_FALSE(can_share(brainpool));
  const Read read =
      read_back(client_hello({{Protocol::tls13}, {kTls13}, {brainpool}, {}, {brainpool}, ""}));
  EXPECT_THAT(read.extensions.at(10), ElementsAre(0, 2, 0, 0x1F));
  EXPECT_THAT(read.extensions.at(51), ElementsAre(0, 0));
}

TEST(ClientHello, KeepsMlKemCoefficientsBelowTheModulus) {
  const Group hybrid{0x11EC};
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const Read read =
        read_back(client_hello({{Protocol::tls13}, {kTls13}, {hybrid}, {}, {hybrid}, ""}, seed));
    const Bytes& share = read.extensions.at(51);
    for (std::size_t i = 6; i < 6 + 1152; i += 3) {
      ASSERT_LT(share[i] | (share[i + 1] & 0x0F) << 8, 3329);
      ASSERT_LT(share[i + 1] >> 4 | share[i + 2] << 4, 3329);
    }
  }
}

TEST(ClientHello, ThatIsTooBigForOneRecordIsSplit) {
  crypto::Suites suites;
  for (std::uint32_t i = 0; i < 10'000; ++i) suites.push_back(Suite{i});
  const Read read = read_back(client_hello({{Protocol::tls12}, suites, {}, {}, {}, ""}));
  EXPECT_EQ(read.records, 2U);
  EXPECT_EQ(read.suites.size(), 10'000U);
}

TEST(ClientHello, LeavesSsl2KindsToSsl2) {
  const Read read =
      read_back(client_hello({{Protocol::tls12}, {kGcm, Suite{0x010080}}, {}, {}, {}, ""}));
  EXPECT_THAT(read.suites, ElementsAre(0xC02F));
}

TEST(ClientHello, OfSsl2AloneHasSsl2sOwnForm) {
  const Bytes bytes =
      client_hello({{Protocol::ssl2}, {Suite{0x010080}, Suite{0x0700C0}}, {}, {}, {}, "x"});
  const Bytes head(bytes.begin(), bytes.begin() + 17);
  // length 31 with the two-byte header's bit; CLIENT-HELLO, version 2, 6 bytes of kinds, no
  // session, a challenge of 16
  EXPECT_THAT(head, ElementsAre(0x80, 31, 1, 0, 2, 0, 6, 0, 0, 0, 16, 1, 0, 0x80, 7, 0, 0xC0));
  EXPECT_EQ(bytes.size(), 33U);
}

}  // namespace
}  // namespace tlspolicy::wire
