// SPDX-License-Identifier: Apache-2.0
// Targets out of long lists: bad lines, parts, what is done, and that nobody waits for a slow list.
#include "scan/feed.hpp"

#include <gmock/gmock.h>
#include <poll.h>

#include <atomic>
#include <chrono>
#include <future>
#include <set>
#include <thread>

namespace tlspolicy::scan {
namespace {
using ::testing::ElementsAre, ::testing::IsEmpty, ::testing::UnorderedElementsAre;

Feed::Next list_of(std::vector<std::string> lines) {
  return [lines = std::move(lines), at = std::size_t{0}]() mutable -> std::optional<Line> {
    if (at == lines.size()) return std::nullopt;
    ++at;
    return Line{at, lines[at - 1]};
  };
}

struct Taken {
  std::vector<std::string> targets, errors;
};
// All of it, waiting only when there is nothing.
Taken all(Feed::Next next, FeedOptions options = {}) {
  Taken out;
  Feed feed(std::move(next), std::move(options), [&](const Error& error, const std::string&) {
    out.errors.push_back(error.where + ": " + error.id);
  });
  while (!feed.over()) {
    while (const auto target = feed.take()) out.targets.push_back(probe::text(target->place));
    pollfd wait{feed.fd(), POLLIN, 0};
    if (!feed.over()) poll(&wait, 1, 10'000);
  }
  return out;
}

TEST(Feed, ABadLineIsReportedWithItsNumberAndStopsNothing) {
  const auto taken = all(list_of({"# a list", "127.0.0.1", "", "not a host!", "127.0.0.2:25",
                                  "gopher://127.0.0.1", "  [::1]:443  ", "127.0.0.3:99999"}));
  EXPECT_THAT(taken.targets, UnorderedElementsAre("127.0.0.1:443", "127.0.0.2:25", "[::1]:443"));
  EXPECT_THAT(taken.errors,
              UnorderedElementsAre("line 4: bad-scan-target", "line 6: bad-scan-target",
                                   "line 8: bad-scan-target"));
}

TEST(Feed, AMarkOfTheEncodingIsNoPartOfTheFirstTarget) {
  EXPECT_THAT(all(list_of({"\xEF\xBB\xBF"
                           "127.0.0.1\r"}))
                  .targets,
              ElementsAre("127.0.0.1:443"));
}

// inet_aton(3) would make other hosts of them.
TEST(Feed, AnAddressThatIsNotFourPlainNumbersIsNone) {
  const auto taken = all(list_of({"127.010.0.1", "127.0.0.010", "9", "0x7f000001", "2130706433",
                                  "127.1", "127.0.0.1.", "SMTP://127.0.0.1", "host9.invalid"}));
  EXPECT_THAT(taken.targets, ElementsAre("127.0.0.1:25"));
  EXPECT_THAT(taken.errors, testing::SizeIs(8));
}

TEST(Feed, ANameWithoutAnAddressIsReportedToo) {
  const auto taken = all(list_of({"nobody.invalid", "127.0.0.1"}));
  EXPECT_THAT(taken.targets, ElementsAre("127.0.0.1:443"));
  EXPECT_THAT(taken.errors, ElementsAre("line 1: unknown-host"));
}

TEST(Feed, PartsOfAListAreAllOfItAndNothingTwice) {
  std::vector<std::string> lines;
  for (int i = 1; i <= 50; ++i) lines.push_back("127.0.0." + std::to_string(i));
  std::multiset<std::string> seen;
  for (int shard = 1; shard <= 3; ++shard) {
    const auto taken = all(list_of(lines), {.shard = shard, .shards = 3});
    EXPECT_NEAR(static_cast<double>(taken.targets.size()), 50.0 / 3, 1);
    seen.insert(taken.targets.begin(), taken.targets.end());
  }
  EXPECT_EQ(seen.size(), 50U);
  EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 50U);
}

TEST(Feed, WhatIsDoneIsPassedOver) {
  FeedOptions options;
  options.is_done = [](const std::string& target) { return target == "127.0.0.1"; };
  EXPECT_THAT(all(list_of({"127.0.0.1", "127.0.0.2"}), options).targets,
              ElementsAre("127.0.0.2:443"));
}

TEST(Feed, AListIsNotReadFurtherThanItIsWanted) {
  std::atomic<std::size_t> read = 0;
  const auto endless = [&]() -> std::optional<Line> {
    const auto nr = ++read;
    return Line{nr, "127.0.0.1:" + std::to_string(nr % 60'000 + 1)};
  };
  Feed feed(endless, {.threads = 4}, [](const Error&, const std::string&) {});
  int taken = 0;
  while (taken < 1000) {
    if (feed.take()) {
      ++taken;
      continue;
    }
    pollfd wait{feed.fd(), POLLIN, 0};
    ASSERT_EQ(poll(&wait, 1, 10'000), 1);
  }
  // The queue, a thing in each thread's hand, and what was read while this line ran.
  EXPECT_LE(read, 1000U + 64U + 4U + 64U);
}

TEST(Feed, ASlowListMakesNobodyWait) {
  std::promise<void> go;
  const auto may_go = go.get_future().share();
  const auto slow = [may_go, first = true]() mutable -> std::optional<Line> {
    may_go.wait();
    if (!std::exchange(first, false)) return std::nullopt;
    return Line{1, "127.0.0.1"};
  };
  Feed feed(slow, {.threads = 2}, [](const Error&, const std::string&) {});
  EXPECT_EQ(feed.take(), std::nullopt);  // at once
  EXPECT_FALSE(feed.over());
  go.set_value();
  std::optional<Target> target;
  while (!(target = feed.take())) {
    pollfd wait{feed.fd(), POLLIN, 0};
    ASSERT_EQ(poll(&wait, 1, 10'000), 1);
  }
  EXPECT_EQ(target->place.address, "127.0.0.1");
}

TEST(Feed, CanBeLeftBeforeItsEnd) {
  for (int i = 0; i < 20; ++i) {
    std::size_t nr = 0;
    Feed feed(
        [nr]() mutable {
          return std::optional(Line{++nr, "127.0.0.1"});
        },
        {.threads = 3}, [](const Error&, const std::string&) {});
    while (!feed.take()) std::this_thread::yield();
  }
}

}  // namespace
}  // namespace tlspolicy::scan
