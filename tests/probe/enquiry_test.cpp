// SPDX-License-Identifier: Apache-2.0
// The loop against a server that behaves badly in every way that we could think of, and its limits:
// time, connections at once, connections to one host.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <barrier>
#include <condition_variable>
#include <mutex>
#include <random>

#include "probe/probe.hpp"
#include "probe/servers.hpp"
#include "wire/vectors.hpp"

namespace tlspolicy::probe {
namespace {
using crypto::Protocol, crypto::Suite;
using test::Line, test::ScriptedServer;
using ::testing::Each, ::testing::Field, ::testing::HasSubstr, ::testing::VariantWith;
using wire::Answer, wire::Bytes;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using wire::operator+;

const wire::Hello kHello{{Protocol::tls12}, {Suite{0x2F}}, {}, {}, {}, ""};
const Answer kChosen =
    wire::Chosen{Protocol::tls12, Suite{0x2F}, std::nullopt, std::nullopt, 0, {}, {{7}}};
constexpr auto kSlack = 5s;  // for a busy machine; every limit below is far shorter

Bytes good_flight() {
  return wire::record(22, wire::server_hello(0x0303, 0x2F) + wire::certificates({{7}}));
}
Place at(std::uint16_t port, std::string address = "127.0.0.1") {
  return {std::move(address), port, "", ""};
}
Answer ask(const Place& place, Limits limits = {}) {
  Enquiry enquiry(limits);
  std::vector<Answer> out;
  enquiry.ask(place, kHello, [&](const Answer& answer) { out.push_back(answer); });
  enquiry.run();
  EXPECT_EQ(out.size(), 1U) << "exactly one callback for a question";
  return out.empty() ? Answer(wire::Unreachable{"no callback"}) : out.front();
}
Answer ask(ScriptedServer::Script script, Limits limits = {}) {
  const ScriptedServer server([&](Line& line) {
    if (line.wait_for_bytes()) script(line);
  });
  return ask(at(server.port()), limits);
}
auto nonsense(const std::string& why) {
  return VariantWith<wire::Nonsense>(Field(&wire::Nonsense::why, HasSubstr(why)));
}
auto unreachable(const std::string& why) {
  return VariantWith<wire::Unreachable>(Field(&wire::Unreachable::why, HasSubstr(why)));
}

TEST(Enquiry, AnswersSilenceAtItsLimitAndNotLater) {
  const auto start = Clock::now();
  EXPECT_EQ(ask([](Line& line) { line.wait_for_close(); }, {.answer = 150ms}),
            Answer(wire::Silent{}));
  EXPECT_GE(Clock::now() - start, 150ms);
  EXPECT_LT(Clock::now() - start, 150ms + kSlack);
}

TEST(Enquiry, TellsAResetFromAClose) {
  EXPECT_EQ(ask([](Line& line) { line.reset(); }), Answer(wire::Closed{true}));
  EXPECT_EQ(ask([](Line&) {}), Answer(wire::Closed{false}));
}

TEST(Enquiry, TakesAnAnswerByteByByte) {
  EXPECT_EQ(ask([](Line& line) {
              for (const std::uint8_t byte : good_flight()) line.send({byte});
            }),
            kChosen);
}

TEST(Enquiry, GivesUpOnAnAnswerThatStopsInTheMiddle) {
  EXPECT_THAT(ask(
                  [](Line& line) {
                    line.send(wire::record(22, wire::server_hello(0x0303, 0x2F)));
                    line.wait_for_close();
                  },
                  {.answer = 150ms}),
              nonsense("no whole answer until the limit"));
}

TEST(Enquiry, GivesUpOnAServerThatDripsForever) {
  const auto start = Clock::now();
  EXPECT_THAT(ask(
                  [](Line& line) {
                    while (line.send(wire::record(22, wire::message(0, {})))) usleep(10'000);
                  },
                  {.answer = 200ms}),
              nonsense("no whole answer until the limit"));
  EXPECT_LT(Clock::now() - start, 200ms + kSlack);
}

TEST(Enquiry, IsNotMovedByAFlood) {
  const auto flood = [](std::uint32_t seed, const Bytes& head) {
    return [seed, head](Line& line) {
      std::mt19937 random(seed);
      Bytes noise(std::size_t{10} * 1024 * 1024);
      for (auto& byte : noise) byte = static_cast<std::uint8_t>(random());
      line.send(head + noise);
    };
  };
  const auto start = Clock::now();
  EXPECT_THAT(ask(flood(1, {})), VariantWith<wire::Nonsense>(::testing::_));
  // A record and a message that promise much and never end.
  EXPECT_THAT(ask(flood(2, {22, 3, 3, 0x40, 0, 2, 3, 0xFF, 0xFF})),
              VariantWith<wire::Nonsense>(::testing::_));
  EXPECT_LT(Clock::now() - start, kSlack);
}

TEST(Enquiry, CallsAnAnswerThatWasNotOfferedNonsense) {
  EXPECT_THAT(
      ask([](Line& line) { line.send(wire::record(22, wire::server_hello(0x0303, 0xC02F))); }),
      nonsense("not offered"));
}

TEST(Enquiry, QuotesAServerThatSpeaksHttp) {
  EXPECT_THAT(ask([](Line& line) {
                const std::string words = "HTTP/1.0 400 Bad Request\r\n\r\n";
                line.send({words.begin(), words.end()});
              }),
              nonsense("\"HTTP/1.0 400 Bad Request\""));
}

TEST(Enquiry, TakesALargeCertificateButNotAHugeOne) {
  const auto with_certificate = [](std::size_t size) {
    return [size](Line& line) {
      const Bytes messages =
          wire::server_hello(0x0303, 0x2F) + wire::certificates({Bytes(size, 7)});
      for (std::size_t from = 0; from < messages.size(); from += 16'000) {
        const auto to = std::min(from + 16'000, messages.size());
        line.send(wire::record(22, Bytes(messages.begin() + static_cast<std::ptrdiff_t>(from),
                                         messages.begin() + static_cast<std::ptrdiff_t>(to))));
      }
    };
  };
  EXPECT_THAT(ask(with_certificate(100'000)), VariantWith<wire::Chosen>(::testing::_));
  EXPECT_THAT(ask(with_certificate(300'000)), nonsense("bytes"));
}

TEST(Enquiry, ReadsAnAlertInTwoPieces) {
  EXPECT_EQ(ask([](Line& line) {
              line.send({21, 3, 3});
              line.send({0, 2, 2});
              line.send({70});
            }),
            Answer(wire::Refused{70}));
}

TEST(Enquiry, SaysWhyItCouldNotAsk) {
  EXPECT_THAT(ask(at(test::free_port())), unreachable("Connection refused"));
  EXPECT_THAT(ask(at(443, "localhost")), unreachable("not a numeric address"));
  EXPECT_THAT(ask(Place{"127.0.0.1", 25, "", "smtp2"}), unreachable("\"smtp2\" is no preamble"));
  EXPECT_THAT(ask(Place{"127.0.0.1", 25, std::string(70'000, 'x'), ""}),
              unreachable("server name"));
}

// Linux drops a SYN while the queue of a listener that does not accept is full.
TEST(Enquiry, TellsNoConnectionFromSilence) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  Enquiry enquiry({.answer = 200ms, .per_host = 6});
  std::vector<Answer> answers;
  for (int i = 0; i < 6; ++i)
    enquiry.ask(at(ntohs(address.sin_port)), kHello,
                [&](const Answer& answer) { answers.push_back(answer); });
  enquiry.run();
  ::close(listener);
  EXPECT_EQ(answers.size(), 6U);
  EXPECT_THAT(answers, ::testing::Contains(unreachable("no connection until the limit")));
  EXPECT_THAT(answers, ::testing::Contains(Answer(wire::Silent{})));
}

TEST(Enquiry, LetsACallbackAskMore) {
  const ScriptedServer server([](Line& line) {
    if (line.wait_for_bytes()) line.send(good_flight());
  });
  const Place place = at(server.port());
  Enquiry enquiry;
  int answers = 0;
  std::function<void(const Answer&)> again = [&](const Answer& answer) {
    EXPECT_EQ(answer, kChosen);
    if (++answers < 5) enquiry.ask(place, kHello, again);
    enquiry.run();  // already running: no harm
  };
  enquiry.ask(place, kHello, again);
  enquiry.run();
  EXPECT_EQ(answers, 5);
  EXPECT_EQ(enquiry.connections(place), 5);
  EXPECT_EQ(enquiry.connections(at(1)), 0);
}

TEST(Enquiry, AsksAServiceOfAllAddressesAtLoopback) {
  const ScriptedServer server([](Line& line) {
    if (line.wait_for_bytes()) line.send(good_flight());
  });
  EXPECT_EQ(ask(at(server.port(), "0.0.0.0")), kChosen);
  if (!test::has_address("::1")) GTEST_SKIP() << "no IPv6 here";
  const ScriptedServer server6(
      [](Line& line) {
        if (line.wait_for_bytes()) line.send(good_flight());
      },
      "::1");
  EXPECT_EQ(ask(at(server6.port(), "::")), kChosen);
  EXPECT_EQ(ask(at(server6.port(), "::1")), kChosen);
}

TEST(Enquiry, HoldsTwoHundredConversationsAtOnce) {
  constexpr int kMany = 200;
  std::barrier all(kMany);  // nobody is answered before everybody has asked
  const ScriptedServer server([&](Line& line) {
    if (!line.wait_for_bytes()) return;
    all.arrive_and_wait();
    line.send(good_flight());
    line.wait_for_close();
  });
  Enquiry enquiry({.answer = test::kPatience, .per_host = kMany, .at_once = kMany});
  std::vector<Answer> answers;
  for (int i = 0; i < kMany; ++i)
    enquiry.ask(at(server.port()), kHello, [&](const Answer& a) { answers.push_back(a); });
  enquiry.run();
  EXPECT_EQ(answers.size(), 200U);
  EXPECT_THAT(answers, Each(kChosen));
  EXPECT_EQ(server.at_most_open(), kMany);
}

TEST(Enquiry, NeverExceedsItsLimitForOneHost) {
  const ScriptedServer server([](Line& line) {
    if (!line.wait_for_bytes()) return;
    line.send(good_flight() + Bytes(1000, 1));  // more than is read
    line.wait_for_close();
  });
  for (const int limit : {1, 3}) {
    Enquiry enquiry({.answer = test::kPatience, .per_host = limit});
    int answers = 0;
    for (int i = 0; i < 100; ++i)
      enquiry.ask(at(server.port()), kHello, [&](const Answer& a) { answers += a == kChosen; });
    enquiry.run();
    EXPECT_EQ(answers, 100);
    EXPECT_LE(server.at_most_open(), limit);
  }
  EXPECT_EQ(server.at_most_open(), 3);
  EXPECT_EQ(server.accepted(), 200);
}

TEST(Enquiry, NeverExceedsItsLimitForAll) {
  const ScriptedServer server(
      [](Line& line) {
        if (line.wait_for_bytes()) line.send(good_flight());
        line.wait_for_close();
      },
      "0.0.0.0");
  Enquiry enquiry({.answer = test::kPatience, .per_host = 2, .at_once = 4});
  int answers = 0;
  for (int i = 0; i < 60; ++i)
    enquiry.ask(at(server.port(), "127.0.0." + std::to_string(1 + i % 6)), kHello,
                [&](const Answer& a) { answers += a == kChosen; });
  enquiry.run();
  EXPECT_EQ(answers, 60);
  EXPECT_EQ(server.at_most_open(), 4);
}

TEST(Enquiry, KeepsToTheMannerOfAQuestion) {
  const auto most_open = [](Manner first, Manner second, bool one_by_one) {
    const ScriptedServer server([](Line& line) {
      if (line.wait_for_bytes()) line.send(good_flight());
      line.wait_for_close();
    });
    Enquiry enquiry({.answer = test::kPatience, .per_host = 2});
    int answers = 0;
    const auto note = [&](const Answer& answer) { answers += answer == kChosen; };
    const auto go_on = [&](const Answer& answer) {
      note(answer);
      enquiry.ask(at(server.port()), kHello, note, second);
    };
    if (one_by_one) enquiry.one_by_one(at(server.port()));
    enquiry.ask(at(server.port()), kHello, go_on, first);
    enquiry.run();
    EXPECT_EQ(answers, 2);
    return server.at_most_open();
  };
  EXPECT_EQ(most_open(Manner::usual, Manner::usual, true), 1);
  EXPECT_EQ(most_open(Manner::kept, Manner::usual, true), 1);
  EXPECT_EQ(most_open(Manner::kept, Manner::beside, false), 2);
  EXPECT_EQ(most_open(Manner::kept, Manner::beside, true), 2);
}

TEST(Enquiry, BeginsApartWhenNothingStands) {
  for (const auto manner : {Manner::usual, Manner::apart}) {
    std::mutex mutex;
    std::condition_variable both;
    int came = 0;
    const ScriptedServer server([&](Line& line) {
      line.wait_for_bytes();
      {
        std::unique_lock hold(mutex);
        ++came;
        both.notify_all();
        both.wait_for(hold, 200ms, [&] { return came == 2; });  // in vain, where one is apart
      }
      line.send(good_flight());
      line.wait_for_close();
    });
    Enquiry enquiry({.answer = test::kPatience, .per_host = 2});
    int answers = 0;
    const auto note = [&](const Answer& answer) { answers += answer == kChosen; };
    enquiry.ask(at(server.port()), kHello, note);
    enquiry.ask(at(server.port()), kHello, note, manner);
    enquiry.run();
    EXPECT_EQ(answers, 2);
    EXPECT_EQ(server.at_most_open(), manner == Manner::apart ? 1 : 2);
  }
}

TEST(Enquiry, LetsNoSilentHostHoldUpAnother) {
  const ScriptedServer silent([](Line& line) { line.wait_for_close(); });
  const ScriptedServer good(
      [](Line& line) {
        if (line.wait_for_bytes()) line.send(good_flight());
      },
      "127.0.0.2");
  Enquiry enquiry({.answer = 400ms, .per_host = 1});
  std::vector<Answer> in_order;
  const auto note = [&](const Answer& answer) { in_order.push_back(answer); };
  enquiry.ask(at(silent.port()), kHello, note);
  for (int i = 0; i < 3; ++i) enquiry.ask(at(good.port(), "127.0.0.2"), kHello, note);
  enquiry.run();
  ASSERT_EQ(in_order.size(), 4U);
  EXPECT_EQ(in_order[0], kChosen);
  EXPECT_EQ(in_order[2], kChosen);
  EXPECT_EQ(in_order[3], Answer(wire::Silent{}));
}

TEST(Enquiry, WaitsForManySilentOnesSideBySide) {
  const ScriptedServer silent([](Line& line) { line.wait_for_close(); });
  Enquiry enquiry({.answer = 200ms, .per_host = 50});
  std::vector<Answer> answers;
  for (int i = 0; i < 50; ++i)
    enquiry.ask(at(silent.port()), kHello, [&](const Answer& a) { answers.push_back(a); });
  const auto start = Clock::now();
  enquiry.run();
  EXPECT_LT(Clock::now() - start, 200ms + kSlack);
  EXPECT_EQ(answers.size(), 50U);
  EXPECT_THAT(answers, Each(Answer(wire::Silent{})));
}

TEST(Enquiry, OfSshTellsWhatIsNotSsh) {
  const auto ask_ssh = [](ScriptedServer::Script script) {
    const ScriptedServer server(std::move(script));
    Enquiry enquiry({.answer = 150ms});
    std::optional<wire::SshAnswer> out;
    enquiry.ask_ssh(at(server.port()), [&](const wire::SshAnswer& answer) { out = answer; });
    enquiry.run();
    return out.value_or(wire::SshAnswer(wire::Unreachable{"no callback"}));
  };
  EXPECT_EQ(ask_ssh([](Line& line) { line.wait_for_close(); }), wire::SshAnswer(wire::Silent{}));
  EXPECT_EQ(ask_ssh([](Line& line) { line.reset(); }), wire::SshAnswer(wire::Closed{true}));
  EXPECT_THAT(ask_ssh([](Line& line) { line.send(wire::alert(2, 70)); }), nonsense("not SSH"));
}

TEST(Place, IsWrittenAsPeopleWriteIt) {
  EXPECT_EQ(text({"::1", 443, "www.example.org", ""}), "[::1]:443 (www.example.org)");
  EXPECT_EQ(text({"127.0.0.1", 22, "", "ssh"}), "127.0.0.1:22");
}

}  // namespace
}  // namespace tlspolicy::probe
