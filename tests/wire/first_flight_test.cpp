// SPDX-License-Identifier: Apache-2.0
// What a server's first flight says, from bytes made by hand: chosen, retry, refused, nonsense; in
// any cut, and never more than was offered.
#include <gmock/gmock.h>

#include <map>

#include "wire/vectors.hpp"

namespace tlspolicy::wire {
namespace {
using crypto::Group, crypto::Protocol, crypto::Scheme, crypto::Suite;
using ::testing::HasSubstr, ::testing::VariantWith, ::testing::Field;

constexpr Suite kEcdhe{0xC02F};
constexpr Suite kDhe{0x009E};
constexpr Suite kRsa{0x002F};
constexpr Suite kAnon{0x0034};     // TLS_DH_anon_WITH_AES_128_CBC_SHA
constexpr Suite kDhePsk{0x0090};   // TLS_DHE_PSK_WITH_AES_128_CBC_SHA
constexpr Suite kEcdhPsk{0xC035};  // TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA
constexpr Suite kTls13{0x1301};
constexpr Group kX25519{29};
constexpr Group kP256{23};

Hello asked12() {
  return {{Protocol::tls12},
          {kEcdhe, kDhe, kRsa, kAnon, kDhePsk, kEcdhPsk},
          {kX25519, kP256},
          {Scheme{0x0804}},
          {},
          ""};
}
Hello asked13(crypto::Groups shares = {kX25519}) {
  return {{Protocol::tls13}, {kTls13}, {kX25519, kP256}, {Scheme{0x0804}}, std::move(shares), ""};
}
Hello asked(Protocol version) {
  Hello out = asked12();
  out.versions = {version};
  return out;
}

// The answer, whole bytes at once and byte by byte; both must agree.
Answer answer_to(const Hello& hello, const Bytes& bytes) {
  FirstFlight whole(hello);
  const Answer at_once = whole.feed(bytes).value_or(whole.end(false));
  FirstFlight dripping(hello);
  for (const std::uint8_t byte : bytes)
    if (const auto answer = dripping.feed(View(&byte, 1))) {
      // What is not TLS is quoted as far as it had come.
      if (std::holds_alternative<Nonsense>(at_once))
        EXPECT_TRUE(std::holds_alternative<Nonsense>(*answer));
      else
        EXPECT_EQ(*answer, at_once);
      return at_once;
    }
  EXPECT_EQ(dripping.end(false), at_once);
  return at_once;
}
auto nonsense(const std::string& why) {
  return VariantWith<Nonsense>(Field(&Nonsense::why, HasSubstr(why)));
}

TEST(FirstFlight, WaitsForTheKeyExchangeOfEcdhe) {
  const Bytes start =
      record(22, server_hello(0x0303, 0xC02F)) + record(22, certificates({{1, 2, 3}, {4}}));
  FirstFlight flight(asked12());
  EXPECT_EQ(flight.feed(start), std::nullopt);
  EXPECT_EQ(flight.end(true), Answer(Closed{true}));

  Chosen expected{Protocol::tls12, kEcdhe, kX25519, Scheme{0x0804}, 0, {}, {{1, 2, 3}, {4}}};
  EXPECT_EQ(answer_to(asked12(), start + record(22, ecdhe_exchange())), Answer(expected));
}

// What a ServerHello says besides (RFC 5746, 6520, 7301, 7366, 7627, 5077).
TEST(FirstFlight, ReadsWhatIsToldBesides) {
  Hello hello = asked12();
  hello.extras.alpn = {"http/1.1", "h2"};
  hello.extras.deflate = true;
  const Bytes extensions = extension(0xFF01, {0}) + extension(23, {}) + extension(22, {}) +
                           extension(35, {}) + extension(15, {1}) +
                           extension(16, {0, 3, 2, 'h', '2'});
  const Bytes flight =
      record(22, server_hello(0x0303, 0x002F, extensions, Bytes(32, 1), 1) + certificates({{7}}));
  Chosen expected{Protocol::tls12, kRsa, {}, {}, 0, {}, {{7}}};
  expected.told = {true, true, true, true, true, true, {}, "h2"};
  EXPECT_EQ(answer_to(hello, flight), Answer(expected));

  hello.extras.deflate = false;
  EXPECT_THAT(answer_to(hello, flight), nonsense("compression"));
  hello.extras = {.alpn = {"smtp"}, .deflate = true};
  EXPECT_THAT(answer_to(hello, flight), nonsense("\"h2\", which was not offered"));
}

TEST(FirstFlight, WaitsForTheStatusThatWasAnnounced) {
  const Bytes start =
      record(22, server_hello(0x0303, 0x002F, extension(5, {})) + certificates({{7}}));
  Chosen expected{Protocol::tls12, kRsa, {}, {}, 0, {}, {{7}}};
  // RFC 6066 8: it may still leave it out.
  EXPECT_EQ(answer_to(asked12(), start + record(22, hello_done())), Answer(expected));
  for (const auto& [status, response] : std::map<Bytes, Bytes>{
           {{1, 0, 0, 2, 0xAB, 0xCD}, {0xAB, 0xCD}},
           {{1, 0, 0, 0}, {}},
           {{2, 0, 0, 1, 0xAB}, {}},        // RFC 6961, which nobody asked for
           {{1, 0, 0, 3, 0xAB, 0xCD}, {}},  // ends too soon
           {{1, 0, 0, 1, 0xAB, 0xCD}, {}},  // or too late
           {{}, {}},
       }) {
    expected.told.staple = response;
    EXPECT_EQ(answer_to(asked12(), start + record(22, message(22, status) + hello_done())),
              Answer(expected));
  }
}

TEST(FirstFlight, RefusesAProtocolThatIsNoName) {
  for (const Bytes& body :
       {Bytes{}, Bytes{0, 0}, Bytes{0, 3, 2, 'h'}, Bytes{0, 4, 1, 'a', 1, 'b'}, Bytes{0, 1, 0}})
    EXPECT_THAT(answer_to(asked12(), record(22, server_hello(0x0303, 0x002F, extension(16, body)))),
                nonsense("cannot be read"));
}

TEST(FirstFlight, ReadsNoSchemeBelow12) {
  const Bytes bytes =
      record(22, server_hello(0x0301, 0xC02F) + certificates({{7}}) + ecdhe_exchange(23, false));
  const Chosen expected{Protocol::tls10, kEcdhe, kP256, std::nullopt, 0, {}, {{7}}};
  EXPECT_EQ(answer_to(asked(Protocol::tls10), bytes), Answer(expected));
}

TEST(FirstFlight, MeasuresThePrimeOfDhe) {
  for (const int bits : {512, 1023, 1024, 2048, 4096}) {
    const Bytes exchange = message(12, dh_parameters(bits) + Bytes{8, 4, 0, 1, 9});
    const Answer answer = answer_to(asked12(), record(22, server_hello(0x0303, 0x009E) + exchange));
    ASSERT_TRUE(std::holds_alternative<Chosen>(answer));
    EXPECT_EQ(std::get<Chosen>(answer).dh_bits, bits);
    EXPECT_EQ(std::get<Chosen>(answer).scheme, Scheme{0x0804});
  }
}

TEST(FirstFlight, ReadsAnonymousKeyExchangesWithoutSignature) {
  const Bytes bytes = record(22, server_hello(0x0303, 0x0034) + message(12, dh_parameters(1024)));
  const Chosen expected{Protocol::tls12, kAnon, std::nullopt, std::nullopt, 1024, {}, {},
                        Bytes(128, 0xFF)};
  EXPECT_EQ(answer_to(asked12(), bytes), Answer(expected));
}

TEST(FirstFlight, ReadsTheHintBeforeAPskKeyExchange) {
  const Bytes hint{0, 2, 'h', 'i'};
  EXPECT_EQ(
      answer_to(asked12(),
                record(22, server_hello(0x0303, 0x0090) + message(12, hint + dh_parameters(2048)))),
      Answer(Chosen{
          Protocol::tls12, kDhePsk, std::nullopt, std::nullopt, 2048, {}, {}, Bytes(256, 0xFF)}));
  const Bytes curve = Bytes{3, 0, 29, 2, 5, 6};
  EXPECT_EQ(
      answer_to(asked12(), record(22, server_hello(0x0303, 0xC035) + message(12, hint + curve))),
      Answer(Chosen{Protocol::tls12, kEcdhPsk, kX25519, std::nullopt, 0, {}, {}}));
}

TEST(FirstFlight, IsSureWithTheCertificateOfAnRsaKeyExchange) {
  const Bytes bytes = record(22, server_hello(0x0303, 0x002F)) + record(22, certificates({{7}}));
  const Chosen expected{Protocol::tls12, kRsa, std::nullopt, std::nullopt, 0, {}, {{7}}};
  EXPECT_EQ(answer_to(asked12(), bytes), Answer(expected));
}

TEST(FirstFlight, OfSsl3HasNoExtensions) {
  const Bytes bytes = record(22, server_hello(0x0300, 0x002F) + certificates({{7}}));
  const Answer answer = answer_to(asked(Protocol::ssl3), bytes);
  ASSERT_TRUE(std::holds_alternative<Chosen>(answer));
  EXPECT_EQ(std::get<Chosen>(answer).version, Protocol::ssl3);
}

TEST(FirstFlight, JoinsMessagesThatAreCutOverManyRecords) {
  const Bytes messages = server_hello(0x0303, 0xC02F) + certificates({Bytes(40'000, 7)}) +
                         message(22, {1, 0, 0, 0}) + ecdhe_exchange();
  Bytes bytes;
  for (std::size_t at = 0; at < messages.size(); at += 997) {
    const auto end = std::min(at + 997, messages.size());
    bytes = bytes + record(22, Bytes(messages.begin() + static_cast<std::ptrdiff_t>(at),
                                     messages.begin() + static_cast<std::ptrdiff_t>(end)));
  }
  const Answer answer = answer_to(asked12(), bytes);
  ASSERT_TRUE(std::holds_alternative<Chosen>(answer));
  EXPECT_EQ(std::get<Chosen>(answer).certificates, std::vector<Bytes>{Bytes(40'000, 7)});
}

TEST(FirstFlight, TakesTheServerHelloOf13AsTheAnswer) {
  const Bytes bytes = record(22, server_hello(0x0303, 0x1301, selected_tls13() + x25519_share()));
  const Chosen expected{Protocol::tls13, kTls13, kX25519, std::nullopt, 0, {}, {}};
  EXPECT_EQ(answer_to(asked13(), bytes + record(20, {1}) + record(23, Bytes(50, 1))),
            Answer(expected));
}

TEST(FirstFlight, KnowsARetryByItsRandom) {
  const Bytes group = extension(51, {0, 23});
  const Bytes bytes =
      record(22, server_hello(0x0303, 0x1301, selected_tls13() + group, retry_random()));
  EXPECT_EQ(answer_to(asked13(), bytes), Answer(Retry{kTls13, kP256}));
}

TEST(FirstFlight, RefusesARetryThatMakesNoSense) {
  const auto retry = [](const Bytes& more) {
    return record(22, server_hello(0x0303, 0x1301, selected_tls13() + more, retry_random()));
  };
  EXPECT_THAT(answer_to(asked13(), retry(extension(51, {0, 29}))), nonsense("was given"));
  EXPECT_THAT(answer_to(asked13(), retry(extension(51, {0, 24}))), nonsense("not offered"));
  EXPECT_THAT(answer_to(asked13(), retry(extension(44, {0, 1, 9}))), nonsense("without naming"));
  // With a cookie it may have asked for its own sake; without one nothing would change.
  EXPECT_FALSE(std::get<Nonsense>(answer_to(asked13(), retry(extension(44, {0, 1, 9})))).no_group);
  EXPECT_TRUE(std::get<Nonsense>(answer_to(asked13(), retry({}))).no_group);
}

TEST(FirstFlight, RefusesWhatWasNotOffered) {
  const auto flight = [](std::uint16_t version, std::uint16_t suite, const Bytes& more = {}) {
    return record(22, server_hello(version, suite, more) + certificates({{7}}));
  };
  EXPECT_THAT(answer_to(asked12(), flight(0x0303, 0xC030)),
              nonsense("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, which was not offered"));
  EXPECT_THAT(answer_to(asked12(), flight(0x7F1C, 0xC02F)), nonsense("version 0x7f1c"));
  EXPECT_THAT(answer_to(asked12(), flight(0x0303, 0xC02F, selected_tls13())), nonsense("TLSv1.3"));
  EXPECT_THAT(answer_to(asked13(), flight(0x0303, 0x1301,
                                          selected_tls13() + extension(51, Bytes{0, 23, 0, 1, 4}))),
              nonsense("secp256r1, which was not offered"));
  EXPECT_THAT(answer_to(asked13(), flight(0x0303, 0x1301, selected_tls13())),
              nonsense("no key share"));
  EXPECT_THAT(answer_to(asked12(), record(22, server_hello(0x0303, 0xC02F) + ecdhe_exchange(24))),
              nonsense("secp384r1, which was not offered"));
  EXPECT_THAT(answer_to(asked12(), record(22, server_hello(0x0303, 0xC02F, {}, Bytes(32, 1), 1))),
              nonsense("compression"));
  Hello both = asked13();
  both.versions.push_back(Protocol::tls12);
  EXPECT_THAT(answer_to(both, flight(0x0303, 0x1301)), nonsense("for TLSv1.2"));
}

TEST(FirstFlight, SaysToWhichVersionAServerSteppedDown) {
  const Answer answer =
      answer_to(asked12(), record(22, server_hello(0x0301, 0x002F) + certificates({{7}})));
  ASSERT_TRUE(std::holds_alternative<Nonsense>(answer));
  EXPECT_EQ(std::get<Nonsense>(answer).instead, Protocol::tls10);
}

TEST(FirstFlight, LetsTheServerChooseAGroupWhereNoneWasNamed) {
  Hello hello = asked12();
  hello.groups.clear();
  const Answer answer =
      answer_to(hello, record(22, server_hello(0x0303, 0xC02F) + ecdhe_exchange(24)));
  ASSERT_TRUE(std::holds_alternative<Chosen>(answer));
  EXPECT_EQ(std::get<Chosen>(answer).group, Group{24});
}

TEST(FirstFlight, TakesAFatalAlertAsARefusalWheneverItComes) {
  EXPECT_EQ(answer_to(asked12(), alert(2, 40)), Answer(Refused{40}));
  const Bytes hello = record(22, server_hello(0x0303, 0xC02F));
  EXPECT_EQ(answer_to(asked12(), hello + alert(2, 71)), Answer(Refused{71}));
}

TEST(FirstFlight, ReadsAnAlertInTwoPieces) {
  EXPECT_EQ(answer_to(asked12(), record(21, {2}) + record(21, {70})), Answer(Refused{70}));
}

TEST(FirstFlight, GoesOnAfterAWarning) {
  EXPECT_EQ(answer_to(asked12(), alert(1, 112) + record(22, message(0, {})) +
                                     record(22, server_hello(0x0303, 0x002F)) +
                                     record(22, certificates({{7}}))),
            Answer(Chosen{Protocol::tls12, kRsa, std::nullopt, std::nullopt, 0, {}, {{7}}}));
  EXPECT_EQ(answer_to(asked12(), alert(1, 112)), Answer(Closed{false}));
  EXPECT_EQ(answer_to(asked12(), alert(1, 40)), Answer(Refused{40}));
  EXPECT_EQ(answer_to(asked12(), alert(1, 0)), Answer(Closed{false}));
}

TEST(FirstFlight, TellsOtherProtocolsByTheirFirstLine) {
  const std::string http = "HTTP/1.1 400 Bad Request\r\nServer: x\r\n";
  const Answer answer = answer_to(asked12(), Bytes(http.begin(), http.end()));
  EXPECT_THAT(answer, nonsense("not TLS"));
  FirstFlight whole(asked12());
  EXPECT_THAT(whole.feed(Bytes(http.begin(), http.end())),
              ::testing::Optional(nonsense("\"HTTP/1.1 400 Bad Request\"")));
  EXPECT_THAT(answer_to(asked12(), Bytes{'n', 'o'}), nonsense("\"no\""));
  EXPECT_THAT(answer_to(asked12(), Bytes{0x1B, '[', '2', 'J', '"'}), nonsense("\"\\x1b[2J"));
}

TEST(FirstFlight, RefusesMessagesThatCannotBeRead) {
  const Bytes hello = server_hello(0x0303, 0xC02F);
  EXPECT_THAT(answer_to(asked12(), record(22, message(2, {3, 3}))), nonsense("ServerHello"));
  EXPECT_THAT(answer_to(asked12(), record(22, message(2, Bytes(200, 0xEE)))),
              nonsense("ServerHello"));
  EXPECT_THAT(answer_to(asked12(), record(22, hello + message(11, {0, 0, 9}))),
              nonsense("Certificate"));
  EXPECT_THAT(answer_to(asked12(), record(22, hello + message(12, {1, 0}))),
              nonsense("ServerKeyExchange"));
  EXPECT_THAT(answer_to(asked12(), record(22, hello + hello)), nonsense("out of place"));
  EXPECT_THAT(answer_to(asked12(), record(22, certificates({{1}}))), nonsense("out of place"));
  EXPECT_THAT(answer_to(asked12(), record(22, hello + hello_done())),
              nonsense("no ServerKeyExchange"));
  EXPECT_THAT(answer_to(asked12(), record(23, {1})), nonsense("type 23"));
  EXPECT_THAT(answer_to(asked12(), record(21, {7, 7})), nonsense("level 7"));
}

TEST(FirstFlight, HoldsAtMost256KiB) {
  EXPECT_THAT(answer_to(asked12(), record(22, {11, 0xFF, 0xFF, 0xFF})), nonsense("16777215"));
  EXPECT_THAT(answer_to(asked12(), {22, 3, 3, 0xFF, 0xFF}), nonsense("a record of 65535"));
  FirstFlight flight(asked12());
  std::optional<Answer> answer;
  std::size_t fed = 0;
  const Bytes empty = record(22, {});
  for (; !answer && fed < 10'000'000; fed += empty.size()) answer = flight.feed(empty);
  EXPECT_THAT(answer, ::testing::Optional(nonsense("256 KiB")));
  EXPECT_LE(fed, 256U * 1024 + empty.size());
}

TEST(FirstFlight, SaysClosedWhereNothingWasSaid) {
  EXPECT_EQ(FirstFlight(asked12()).end(false), Answer(Closed{false}));
  EXPECT_EQ(FirstFlight(asked12()).end(true), Answer(Closed{true}));
}

// SSLv2, draft-hickman-netscape-ssl-00 1.5.
Bytes ssl2_server_hello(const Bytes& kinds) {
  Writer body;
  body.bytes(Bytes{4, 0, 1, 0, 2, 0, 2});
  body.u16(static_cast<std::uint32_t>(kinds.size()));
  body.bytes(Bytes{0, 16, 0x30, 0x31});
  body.bytes(kinds);
  body.bytes(Bytes(16, 3));
  const Bytes message = body.take();
  return Bytes{0x80, static_cast<std::uint8_t>(message.size())} + message;
}

TEST(FirstFlight, OfSsl2ListsAllThatTheServerHas) {
  const Hello hello{{Protocol::ssl2}, {Suite{0x0700C0}, Suite{0x010080}}, {}, {}, {}, ""};
  Chosen expected{Protocol::ssl2,
                  Suite{0x010080},
                  std::nullopt,
                  std::nullopt,
                  0,
                  {Suite{0x020080}, Suite{0x010080}},
                  {{0x30, 0x31}}};
  EXPECT_EQ(answer_to(hello, ssl2_server_hello({2, 0, 0x80, 1, 0, 0x80})), Answer(expected));
  EXPECT_EQ(answer_to(hello, Bytes{0x80, 3, 0, 0, 1}), Answer(Refused{40}));
  EXPECT_EQ(answer_to(hello, alert(2, 70)), Answer(Refused{70}));
  EXPECT_THAT(answer_to(hello, Bytes{0x80, 3, 9, 0, 1}), nonsense("no SERVER-HELLO"));
  EXPECT_THAT(answer_to(hello, ssl2_server_hello({2, 0})), nonsense("no SERVER-HELLO"));
  EXPECT_THAT(answer_to(asked12(), ssl2_server_hello({1, 0, 0x80})), nonsense("not TLS"));
}

}  // namespace
}  // namespace tlspolicy::wire
