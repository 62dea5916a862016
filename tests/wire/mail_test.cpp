// SPDX-License-Identifier: Apache-2.0
// The sink that takes a message and throws it away, and the words in which Postfix's queue is given
// one.  A real Postfix is asked in the lab (tests/lab/try_mail.py).
#include <gmock/gmock.h>

#include "wire/mail_sink.hpp"
#include "wire/queue_client.hpp"

namespace tlspolicy::wire {
namespace {
using namespace std::string_literals;
using namespace std::string_view_literals;
using ::testing::HasSubstr, ::testing::StartsWith;

Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }
std::string text(const Bytes& some) { return {some.begin(), some.end()}; }

std::string say(MailSink& sink, std::string_view words) {
  sink.feed(bytes(words));
  return text(sink.to_send());
}

TEST(MailSink, TakesNoMailBeforeTls) {
  MailSink sink(false, true);
  EXPECT_THAT(text(sink.to_send()), StartsWith("220 "));
  EXPECT_THAT(say(sink, "EHLO a.example\r\n"), HasSubstr("250 STARTTLS\r\n"));
  EXPECT_THAT(say(sink, "MAIL FROM:<>\r\n"), StartsWith("450 "));  // a 5yz would make a bounce
  EXPECT_FALSE(sink.wants_tls());
  EXPECT_EQ(sink.last(), "\"MAIL FROM:<>\"");
  EXPECT_THAT(say(sink, "starttls\r\n"), StartsWith("220 "));
  EXPECT_TRUE(sink.wants_tls());
}

TEST(MailSink, TakesOneMessageBehindIt) {
  MailSink sink(true, false);
  EXPECT_EQ(text(sink.to_send()), "");
  EXPECT_EQ(say(sink, "EHLO a.example\r\n").find("STARTTLS"), std::string::npos);
  EXPECT_THAT(say(sink, "MAIL FROM:<>\r\nRCPT TO:<b@example>\r\nDATA\r\n"),
              StartsWith("250 ok\r\n250 ok\r\n354 "));
  EXPECT_EQ(say(sink, "QUIT\r\n..\r\n"), "");  // text, not commands
  EXPECT_FALSE(sink.taken());
  EXPECT_THAT(say(sink, ".\r\n"), StartsWith("250 "));
  EXPECT_TRUE(sink.taken());
  EXPECT_THAT(say(sink, "QUIT\r\n"), StartsWith("221 "));
  EXPECT_TRUE(sink.over());
}

TEST(MailSink, GivesUpOnWhatIsNoMessage) {
  MailSink sink(true, false);
  EXPECT_THAT(say(sink, "VRFY root\r\n"), StartsWith("502 "));
  sink.feed(Bytes(70'000, 'x'));
  EXPECT_TRUE(sink.over());
  EXPECT_FALSE(sink.taken());
}

constexpr char kGreeting[] = "protocol\0cleanup_protocol\0\0queue_id\0A1B2C3\0";

QueueClient asked() {
  QueueClient out("smtp:[127.0.0.1]:4000", 1'800'000'000);
  EXPECT_TRUE(out.feed(bytes({kGreeting, sizeof kGreeting})));
  return out;
}

TEST(QueueClient, SaysNothingUntilTheIdOfItsMessageIsSafe) {
  QueueClient client = asked();
  EXPECT_EQ(client.id(), "A1B2C3");
  EXPECT_EQ(text(client.to_send()), "");
  client.go_on();
  const auto said = text(client.to_send());
  EXPECT_THAT(said, StartsWith("flags\0000\0\0T\0141800000000 0"
                               "L\025smtp:[127.0.0.1]:4000S\0R"s));
  EXPECT_THAT(said, HasSubstr(std::string(kNobody) + "M"));
  EXPECT_THAT(said, HasSubstr("; Fri, 15 Jan 2027 08:00:00 +0000N"));  // without it: refused
  EXPECT_TRUE(said.ends_with("X\0E\0"sv));
  EXPECT_EQ(text(client.to_send()), "");
  EXPECT_FALSE(client.done());
  EXPECT_TRUE(client.feed(bytes("status\0000\0reason\0\0\0"sv)));
  EXPECT_TRUE(client.done());
}

TEST(QueueClient, WhereverTheBytesAreCutTheyMeanTheSame) {
  QueueClient client("smtp:[127.0.0.1]:4000", 0);
  for (const char c : std::string(kGreeting, sizeof kGreeting))
    EXPECT_TRUE(client.feed(bytes({&c, 1})));
  EXPECT_EQ(client.id(), "A1B2C3");
}

TEST(QueueClient, ARefusalIsToldSafely) {
  QueueClient client = asked();
  client.go_on();
  client.to_send();
  const auto refused = client.feed(bytes("status\0002\0reason\0no \x1b[room\0\0"sv));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "client-not-asked");
  EXPECT_THAT(refused.error().what, HasSubstr("\"no \\x1b[room\""));
}

TEST(QueueClient, WhatItDoesNotKnowEndsIt) {
  const auto fed = [](std::string_view words) {
    return QueueClient("smtp:[127.0.0.1]:4000", 0).feed(bytes(words)).has_value();
  };
  EXPECT_FALSE(fed("queue_id\0../../etc\0\0"sv));
  EXPECT_FALSE(fed("queue_id\0\0\0"sv));
  EXPECT_FALSE(fed("something\0else\0\0"sv));
  EXPECT_FALSE(fed("status\0000\0\0"sv));  // of a message that it does not have
  EXPECT_FALSE(fed(std::string(5000, 'x')));
  EXPECT_TRUE(fed("queue_id\0ABC"sv));  // not whole yet
}

}  // namespace
}  // namespace tlspolicy::wire
