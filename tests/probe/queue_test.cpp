// SPDX-License-Identifier: Apache-2.0
// A message for a queue on paper: who may not, who is not there, and that nothing whole is sent
// before its id is safe.  A real Postfix is asked in the lab.
#include "probe/queue.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <future>

#include "probe/servers.hpp"

namespace tlspolicy::probe {
namespace {
using namespace std::string_view_literals;
using test::kPatience;
using ::testing::HasSubstr, ::testing::IsEmpty;

// Says its greeting, hears the message, answers; `heard` is all that was said to it.
class PaperQueue {
 public:
  explicit PaperQueue(std::string_view answer = "status\0000\0reason\0\0\0"sv) {
    mkdir((folder_ / "public").c_str(), 0755);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    (folder_ / "public/cleanup").copy(at.sun_path, sizeof at.sun_path - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    heard_ = std::async(std::launch::async, [this, answer] { return serve(answer); });
  }
  ~PaperQueue() { ::close(listener_); }
  PaperQueue(const PaperQueue&) = delete;
  PaperQueue& operator=(const PaperQueue&) = delete;
  std::string folder() const { return folder_ / ""; }
  std::string heard() { return heard_.get(); }

 private:
  std::string serve(std::string_view answer) const {
    const int one = ::accept(listener_, nullptr, nullptr);
    constexpr auto kGreeting = "queue_id\0A1B2C3\0\0"sv;
    ::send(one, kGreeting.data(), kGreeting.size(), MSG_NOSIGNAL);
    std::string out;
    std::array<char, 4096> buffer{};
    for (ssize_t count = 0; !out.ends_with("X\0E\0"sv);) {
      count = ::recv(one, buffer.data(), buffer.size(), 0);
      if (count <= 0) break;
      out.append(buffer.data(), static_cast<std::size_t>(count));
    }
    ::send(one, answer.data(), answer.size(), MSG_NOSIGNAL);
    ::close(one);
    return out;
  }

  test::TempFolder folder_;
  int listener_ = -1;
  std::future<std::string> heard_;
};

TEST(Queue, TakesAMessageOnceItsIdIsSafe) {
  PaperQueue queue;
  EXPECT_EQ(queue_owner(queue.folder()), geteuid());
  std::string id;
  const auto put = put_in_queue(
      queue.folder(), "smtp:[127.0.0.1]:4000",
      [&](const std::string& named) -> Result<void> {
        id = named;
        return {};
      },
      kPatience);
  EXPECT_TRUE(put) << put.error().what;
  EXPECT_EQ(id, "A1B2C3");
  EXPECT_THAT(queue.heard(), HasSubstr("smtp:[127.0.0.1]:4000"));
}

TEST(Queue, GetsNothingWhereTheIdCannotBeMadeSafe) {
  PaperQueue queue;
  const auto put = put_in_queue(
      queue.folder(), "smtp:[127.0.0.1]:4000",
      [](const std::string&) -> Result<void> { return fail("no-process", "no process left"); },
      kPatience);
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().id, "no-process");
  EXPECT_THAT(queue.heard(), IsEmpty());
}

TEST(Queue, ItsRefusalIsToldAsItIs) {
  PaperQueue queue("status\0004\0reason\0queue file write error\0\0"sv);
  const auto put = put_in_queue(
      queue.folder(), "smtp:[127.0.0.1]:4000",
      [](const std::string&) -> Result<void> { return {}; }, kPatience);
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().id, "client-not-asked");
  EXPECT_THAT(put.error().what, HasSubstr("queue file write error"));
}

TEST(Queue, IsNotThereWherePostfixDoesNotRun) {
  test::TempFolder folder;
  const auto owner = queue_owner(folder / "");
  ASSERT_FALSE(owner);
  EXPECT_EQ(owner.error().id, "client-not-asked");
  EXPECT_THAT(owner.error().remedy, HasSubstr("postfix status"));
}

}  // namespace
}  // namespace tlspolicy::probe
