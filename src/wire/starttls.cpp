// SPDX-License-Identifier: Apache-2.0
// The table of what is said and expected before TLS, and the walk through it.
#include "wire/starttls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "wire/quoted.hpp"
#include "wire/starttls_replies.hpp"

namespace tlspolicy::wire {

// Says, then hears.  A step that hears nothing is done once it was said.
struct StartTls::Step {
  std::string_view say;  // "$" stands for the host
  Hear hear = nullptr;
  Expected expected{};
  bool talkative = false;  // the server may speak without being asked
};

namespace {
using namespace std::string_view_literals;
using Step = StartTls::Step;

constexpr std::size_t kMostBeforeTls = std::size_t{16} * 1024;

// RFC 3207 4.  The name is one that can never be anybody's (RFC 2606 2).
constexpr std::array kSmtp{Step{"", hear_code, {"220"}},
                           Step{"EHLO tlspolicy.invalid\r\n", hear_code, {"250"}},
                           Step{"STARTTLS\r\n", hear_code, {"220"}}};
// RFC 2033 4.1.
constexpr std::array kLmtp{Step{"", hear_code, {"220"}},
                           Step{"LHLO tlspolicy.invalid\r\n", hear_code, {"250"}},
                           Step{"STARTTLS\r\n", hear_code, {"220"}}};
// RFC 9051 6.2.1 and 7.1; whoever is let in without a login cannot begin TLS (7.1.4).
constexpr std::array kImap{
    Step{"", hear_line, {"* OK", "* BYE|* PREAUTH"}},
    Step{"a1 STARTTLS\r\n", hear_line, {"a1 OK", "a1 NO|a1 BAD|* BYE", "* "}, true}};
// RFC 2595 4.
constexpr std::array kPop3{Step{"", hear_line, {"+OK", "-ERR"}},
                           Step{"STLS\r\n", hear_line, {"+OK", "-ERR"}}};
// RFC 5804 1.3 and 2.2: capabilities are strings, a line each.
constexpr std::array kSieve{Step{"", hear_line, {"OK", "NO|BYE", "\""}},
                            Step{"STARTTLS\r\n", hear_line, {"OK", "NO|BYE"}}};
// RFC 4217 4.
constexpr std::array kFtp{Step{"", hear_code, {"220"}}, Step{"AUTH TLS\r\n", hear_code, {"234"}}};
// RFC 4642 2.2; 200 and 201 greet (RFC 3977 5.1).
constexpr std::array kNntp{Step{"", hear_code, {"200|201"}},
                           Step{"STARTTLS\r\n", hear_code, {"382"}}};
// IRCv3 "tls": 670 RPL_STARTTLS, 691 ERR_STARTTLS.  Servers chat before; 421 and 451 are theirs for
// a command that they do not know, or not yet.
constexpr std::array kIrc{Step{"STARTTLS\r\n", hear_irc, {"670", "691|421|451|ERROR"}, true}};
// RFC 6120 5.4.2 and 5.4.3; features end the server's opening (4.3.2).
constexpr Expected kFeatures{"</stream:features|<stream:features/",
                             "<stream:error|</stream:stream"};
constexpr Expected kProceed{"<proceed", "<failure|<stream:error|</stream:stream"};
constexpr auto kStartTls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"sv;
constexpr std::array kXmpp{
    Step{"<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
         "xmlns:stream='http://etherx.jabber.org/streams' to='$' version='1.0'>",
         hear_tag, kFeatures},
    Step{kStartTls, hear_tag, kProceed}};
constexpr std::array kXmppServer{
    Step{"<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
         "xmlns:stream='http://etherx.jabber.org/streams' to='$' version='1.0'>",
         hear_tag, kFeatures},
    Step{kStartTls, hear_tag, kProceed}};
// RFC 4511 4.14.1: message 1, an ExtendedRequest (4.12) with StartTLS's OID.
constexpr std::array kLdap{
    Step{"\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
         "1.3.6.1.4.1.1466.20037"sv,
         hear_ldap}};
// PostgreSQL's manual, "Message Formats": SSLRequest, 8 bytes, code 80877103.
constexpr std::array kPostgres{Step{"\0\0\0\x08\x04\xd2\x16\x2f"sv, hear_postgres}};
// MySQL's internals, "Protocol::SSLRequest": PROTOCOL_41, SSL and SECURE_CONNECTION; packets of at
// most 16 MiB; utf8.  Nothing answers it: the hello follows at once.
constexpr std::array kMysql{Step{"", hear_mysql},
                            Step{"\x20\0\0\x01\x00\x8a\0\0\0\0\0\x01\x21"
                                 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv}};
static_assert(kMysql[1].say.size() == 4 + 32);

struct Row {
  std::string_view name;
  std::span<const Step> steps;
};
constexpr std::array kTable{Row{"smtp", kSmtp},
                            Row{"lmtp", kLmtp},
                            Row{"imap", kImap},
                            Row{"pop3", kPop3},
                            Row{"sieve", kSieve},
                            Row{"ftp", kFtp},
                            Row{"ldap", kLdap},
                            Row{"xmpp", kXmpp},
                            Row{"xmpp-server", kXmppServer},
                            Row{"postgres", kPostgres},
                            Row{"mysql", kMysql},
                            Row{"nntp", kNntp},
                            Row{"irc", kIrc}};
constexpr auto kNames = [] {
  std::array<std::string_view, kTable.size()> out;
  std::ranges::transform(kTable, out.begin(), &Row::name);
  return out;
}();

// What XML gives a meaning to does not stand in a host's name.
bool is_harmless(char c) {
  return c > ' ' && c < 0x7F && "<>&'\""sv.find(c) == std::string_view::npos;
}

}  // namespace

std::span<const std::string_view> preambles() { return kNames; }

std::optional<StartTls> StartTls::begin(std::string_view preamble, std::string_view host) {
  const auto* row = std::ranges::find(kTable, preamble, &Row::name);
  if (row == kTable.end()) return std::nullopt;
  return StartTls(row->steps, host);
}

StartTls::StartTls(std::span<const Step> steps, std::string_view host) : rest_(steps) {
  std::ranges::copy_if(host, std::back_inserter(host_), is_harmless);
}

bool StartTls::started() const { return rest_.empty(); }

void StartTls::go_on() {
  rest_ = rest_.subspan(1);
  said_ = false;
}

Bytes StartTls::to_send() {
  if (started() || said_) return {};
  said_ = true;
  Bytes out;
  for (const char c : rest_.front().say)
    if (c == '$')
      out.insert(out.end(), host_.begin(), host_.end());
    else
      out.push_back(static_cast<std::uint8_t>(c));
  if (rest_.front().hear == nullptr) go_on();
  return out;
}

std::optional<Answer> StartTls::feed(View bytes) {
  taken_ += bytes.size();
  if (taken_ > kMostBeforeTls) return Nonsense{"more than 16 KiB before TLS"};
  seen_.insert(seen_.end(), bytes.begin(), bytes.end());
  while (!seen_.empty()) {
    // Whoever is on the way could put words into the server's mouth (Poddebniak et al., "Why TLS Is
    // Better Without STARTTLS", USENIX Security 2021, 5.2).
    if (started())
      return Nonsense{"more in the clear behind its answer to STARTTLS: " + quoted(seen_)};
    const Step& step = rest_.front();
    const bool asked = said_ || step.say.empty();
    if (!asked && step.talkative) return std::nullopt;
    if (!asked) return Nonsense{"speaks before it is asked: " + quoted(seen_)};
    Heard heard = step.hear(seen_, step.expected);
    if (heard.what == Heard::What::more) return std::nullopt;
    if (heard.what == Heard::What::declined) return Declined{"it says " + heard.words};
    if (heard.what == Heard::What::nonsense) return Nonsense{"before TLS: " + heard.words};
    seen_.erase(seen_.begin(), seen_.begin() + static_cast<std::ptrdiff_t>(heard.used));
    go_on();
  }
  return std::nullopt;
}

Answer StartTls::end() const {
  if (taken_ == 0) return Declined{"it closed before it said anything"};
  if (seen_.empty()) return Declined{"it closed before TLS began"};
  return Declined{"it closed after " + quoted(seen_)};
}

Answer StartTls::overdue() const {
  if (taken_ == 0) return Silent{};
  return Declined{fmt::format("it did not begin until the limit, after {} bytes", taken_)};
}

}  // namespace tlspolicy::wire
