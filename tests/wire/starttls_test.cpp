// SPDX-License-Identifier: Apache-2.0
// What stands before TLS, as whole conversations: each is held as it would come in one piece and
// byte by byte, and every way that a server can go astray has its own answer.
#include "wire/starttls.hpp"

#include <gmock/gmock.h>

#include "wire/vectors.hpp"

namespace tlspolicy::wire {
namespace {
using ::testing::Field, ::testing::HasSubstr, ::testing::VariantWith;
using namespace std::string_literals;

Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }
std::string text(const Bytes& some) { return {some.begin(), some.end()}; }

// What both say in turn, the server first ("" where the client begins).
using Talk = std::vector<std::string>;

struct Outcome {
  bool started = false;
  std::optional<Answer> answer{};
  std::string asked{};  // everything that the client said
  bool operator==(const Outcome&) const = default;
};

Outcome hold(const std::string& preamble, const Talk& server, std::size_t piece) {
  auto talk = StartTls::begin(preamble, "mail.example.org");
  if (!talk) return {};
  Outcome out;
  for (const auto& says : server) {
    for (std::size_t at = 0; at < says.size(); at += piece) {
      out.asked += text(talk->to_send());
      out.answer = talk->feed(bytes(says.substr(at, piece)));
      if (out.answer) return out;
    }
    out.asked += text(talk->to_send());
  }
  out.started = talk->started();
  if (!out.started) out.answer = talk->end();
  return out;
}
// In one piece; in small ones it must come to the same.
Outcome hold(const std::string& preamble, const Talk& server) {
  Outcome whole = hold(preamble, server, 1 << 20);
  const Outcome dripped = hold(preamble, server, 1);
  EXPECT_EQ(whole.started, dripped.started) << preamble;
  EXPECT_EQ(whole.answer.has_value(), dripped.answer.has_value()) << preamble;
  if (whole.answer && dripped.answer) {
    EXPECT_EQ(whole.answer->index(), dripped.answer->index()) << preamble;
  }
  return whole;
}
auto declined(const std::string& why) {
  return ::testing::Optional(VariantWith<Declined>(Field(&Declined::why, HasSubstr(why))));
}
auto nonsense(const std::string& why) {
  return ::testing::Optional(VariantWith<Nonsense>(Field(&Nonsense::why, HasSubstr(why))));
}

const std::string kLdapYes = "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0"s;
const std::string kLdapNo =
    "\x30\x17\x02\x01\x01\x78\x12\x0a\x01\x34\x04\0\x04\x0b"s + "unavailable";
const std::string kLdapAsk = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"s + "1.3.6.1.4.1.1466.20037";
// Protocol 10, a version, thread, challenge, filler, capabilities, and what nobody reads.
std::string mysql_greeting(char low, char high) {
  const std::string body = "\x0a"s + "8.0.36\0"s + "\1\0\0\0"s + "12345678" + "\0"s + low + high +
                           "\x21\2\0"s + std::string(15, '\0') + "123456789012\0"s;
  return std::string(1, static_cast<char>(body.size())) + "\0\0\0"s + body;
}
const std::string kMysqlAsk = "\x20\0\0\1\0\x8a\0\0\0\0\0\1\x21"s + std::string(23, '\0');
const std::string kOpening =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams' to='mail.example.org' version='1.0'>";
const std::string kFeatures =
    "<?xml version='1.0'?><stream:stream id='1' xmlns:stream='http://etherx.jabber.org/streams'>"
    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";

TEST(StartTls, BeginsWhereTheServerSaysYes) {
  struct Row {
    std::string preamble;
    Talk server;
    std::string asked;
  };
  const std::vector<Row> rows{
      {"smtp",
       {"220-one\r\n220-two\r\n220 three\r\n", "250-mx\r\n250-STARTTLS\r\n250 8BITMIME\r\n",
        "220 2.0.0 go\r\n"},
       "EHLO tlspolicy.invalid\r\nSTARTTLS\r\n"},
      {"smtp",
       {"220 bare newlines\n", "250 x\n", "220\n"},
       "EHLO tlspolicy.invalid\r\nSTARTTLS\r\n"},
      {"lmtp", {"220 x\r\n", "250 x\r\n", "220 x\r\n"}, "LHLO tlspolicy.invalid\r\nSTARTTLS\r\n"},
      {"imap",
       {"* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n* CAPABILITY more\r\n",
        "* CAPABILITY again\r\na1 ok begin\r\n"},
       "a1 STARTTLS\r\n"},
      {"pop3", {"+OK <1@x>\r\n", "+OK\r\n"}, "STLS\r\n"},
      {"sieve",
       {"\"IMPLEMENTATION\" \"Pigeonhole\"\r\n\"STARTTLS\"\r\nOK \"ready.\"\r\n", "OK \"go\"\r\n"},
       "STARTTLS\r\n"},
      {"ftp",
       {"120 in a minute\r\n220-free\r\n text 220 inside\r\n220 ready\r\n", "234 AUTH TLS\r\n"},
       "AUTH TLS\r\n"},
      {"ldap", {"", kLdapYes}, kLdapAsk},
      {"xmpp",
       {"", kFeatures, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"},
       kOpening + "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"},
      {"postgres", {"", "S"}, "\0\0\0\x08\x04\xd2\x16\x2f"s},
      {"mysql", {mysql_greeting('\0', '\x0a'), ""}, kMysqlAsk},
      {"nntp", {"201 no posting\r\n", "382 go\r\n"}, "STARTTLS\r\n"},
      {"irc",
       {"", ":irc.x NOTICE * :*** Looking up\r\nPING :1\r\n:irc.x 670 * :STARTTLS successful\r\n"},
       "STARTTLS\r\n"},
  };
  for (const auto& row : rows) {
    const Outcome out = hold(row.preamble, row.server);
    EXPECT_TRUE(out.started) << row.preamble;
    EXPECT_FALSE(out.answer) << row.preamble;
    EXPECT_EQ(out.asked, row.asked) << row.preamble;
  }
}

TEST(StartTls, SaysInTheServersWordsWhyTlsDoesNotBegin) {
  struct Row {
    std::string preamble;
    Talk server;
    std::string why;
  };
  const std::vector<Row> rows{
      {"smtp", {"554 5.7.1 not you\r\n"}, "it says \"554 5.7.1 not you\""},
      {"smtp", {"220 x\r\n", "250 x\r\n", "454 4.7.0 TLS not available\r\n"}, "\"454 4.7.0 TLS"},
      {"smtp", {"220 x\r\n", "250 x\r\n", "502-5.5.1 one\r\n502 two\r\n"}, "\"502-5.5.1 one\""},
      {"smtp", {"421 4.3.2 too many\r\n"}, "\"421 4.3.2 too many\""},
      {"imap", {"* BYE overloaded\r\n"}, "* BYE overloaded"},
      {"imap", {"* PREAUTH you are in\r\n"}, "* PREAUTH"},
      {"imap", {"* OK\r\n", "* x\r\na1 BAD unknown\r\n"}, "a1 BAD unknown"},
      {"pop3", {"+OK\r\n", "-ERR no\r\n"}, "-ERR no"},
      {"sieve", {"OK\r\n", "NO \"no TLS\"\r\n"}, "no TLS"},
      {"ftp", {"220 x\r\n", "500 AUTH not understood\r\n"}, "500 AUTH"},
      {"ldap", {"", kLdapNo}, "LDAP result 52: \"unavailable\""},
      {"xmpp", {"", kFeatures, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"}, "<failure"},
      {"xmpp-server", {"", "<stream:stream><stream:error><host-unknown/>"}, "host-unknown"},
      {"postgres", {"", "N"}, "\"N\""},
      {"postgres", {"", "E\0\0\0\x0bMtoo f"s}, "too f"},
      {"mysql", {mysql_greeting('\0', '\x02')}, "CLIENT_SSL"},
      {"mysql", {"\x0a\0\0\0\xff\x6a\x04"s + "blocked"}, "blocked"},
      {"nntp", {"200 x\r\n", "580 cannot\r\n"}, "580 cannot"},
      {"irc", {"", ":x 691 * :STARTTLS failed\r\n"}, "691"},
      {"smtp", {}, "closed before it said anything"},
      {"smtp", {"220 x\r\n"}, "closed before TLS began"},
      {"smtp", {"220 x\r\n", "250-h"}, "closed after \"250-h\""},
  };
  for (const auto& row : rows)
    EXPECT_THAT(hold(row.preamble, row.server).answer, declined(row.why)) << row.preamble;
}

TEST(StartTls, CallsEverythingElseNonsense) {
  struct Row {
    std::string preamble;
    Talk server;
    std::string why;
  };
  const std::vector<Row> rows{
      {"smtp", {"SSH-2.0-OpenSSH\r\n"}, "SSH-2.0"},
      {"smtp", {"220 x\r\n", "250 x\r\n", "250 not what was meant\r\n"}, "250 not what"},
      {"smtp", {"220x\r\n"}, "220x"},
      {"imap", {"HTTP/1.1 400 Bad\r\n"}, "HTTP/1.1"},
      {"imap", {"* OK\r\n", "b1 OK whose\r\n"}, "b1 OK"},
      {"pop3", {"+OKAY\r\n"}, "+OKAY"},
      {"ldap", {"", "HTTP/1.1 400"}, "not LDAP"},
      {"ldap", {"", "\x30\x03\x02\x01\x01"s}, "no ExtendedResponse"},
      {"xmpp", {"", "\x15\x03\x01"s}, "\\x15"},
      {"postgres", {"", "H"}, "not PostgreSQL"},
      {"postgres", {"", "E\xff\xff\xff\xff"s}, "not PostgreSQL"},
      {"mysql", {"SSH-2.0"}, "not MySQL"},
      {"mysql", {"\x01\0\0\0\x09"s}, "not MySQL's handshake"},
      {"smtp", {std::string(5'000, '2')}, "2222"},
      {"irc",
       {"",
        [] {
          std::string chatter;
          for (int i = 0; i < 3'000; ++i) chatter += "PING\r\n";
          return chatter;
        }()},
       "more than 16 KiB"},
  };
  for (const auto& row : rows)
    EXPECT_THAT(hold(row.preamble, row.server).answer, nonsense(row.why)) << row.preamble;
}

// In one segment with the answer; what comes later is no TLS record, which the first flight says.
TEST(StartTls, TakesNothingInTheClearBehindTheAnswer) {
  EXPECT_THAT(
      hold("smtp", {"220 x\r\n", "250 x\r\n", "220 go\r\n250 injected\r\n"}, 1 << 20).answer,
      nonsense("behind its answer to STARTTLS: \"250 injected\""));
  EXPECT_THAT(hold("postgres", {"", "Sx"}, 1 << 20).answer, nonsense("\"x\""));
  EXPECT_THAT(hold("smtp", {"220 x\r\n250 y\r\n220 z\r\n"}, 1 << 20).answer,
              nonsense("before it is asked: \"250 y\""));
}

TEST(StartTls, TellsSilenceFromAHalfConversation) {
  auto talk = StartTls::begin("smtp", "").value();
  EXPECT_EQ(talk.overdue(), Answer(Silent{}));
  EXPECT_FALSE(talk.feed(bytes("220 x\r\n")));
  EXPECT_THAT(std::optional(talk.overdue()), declined("until the limit, after 7 bytes"));
}

TEST(StartTls, KnowsEveryPreambleByItsNameAlone) {
  EXPECT_EQ(preambles().size(), 13U);
  for (const auto name : preambles()) EXPECT_TRUE(StartTls::begin(name, "x")) << name;
  EXPECT_FALSE(StartTls::begin("", "x"));
  EXPECT_FALSE(StartTls::begin("ssh", "x"));
}

TEST(StartTls, PutsNoMarkupOfAHostsNameIntoXml) {
  auto talk = StartTls::begin("xmpp", "a'/><b>\r\n.org").value();
  EXPECT_THAT(text(talk.to_send()), HasSubstr("to='a/b.org' version"));
}

}  // namespace
}  // namespace tlspolicy::wire
