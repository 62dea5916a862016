// SPDX-License-Identifier: Apache-2.0
// Servers of the same program that nobody manages, and those that are instances of their own.
#include <gmock/gmock.h>

#include "discover/parts.hpp"
#include "discover/shipped.hpp"

namespace tlspolicy::discover {
namespace {
using testing::AllOf, testing::Contains, testing::HasSubstr, testing::IsEmpty, testing::Not;

// It sees three sockets on ports 22, 2200 and 2201, of which the last is a connection.
void process(test::FakeHost& host, const std::string& program, const std::string& number,
             const std::string& parent) {
  host.link("/proc/" + number + "/exe", program);
  host.put("/proc/" + number + "/stat", number + " (a b) c) S " + parent + " 1 1");
  host.put("/proc/" + number + "/net/tcp",
           "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid "
           "timeout inode\n"
           "   0: 00000000:0016 00000000:0000 0A 00:0 00:0 00 0 0 501 1 0\n"
           "   1: 00000000:0898 00000000:0000 0A 00:0 00:0 00 0 0 502 1 0\n"
           "   2: 00000000:0899 00000000:0000 01 00:0 00:0 00 0 0 503 1 0\n");
}

// What nobody manages is said: a scanner would find it first.
TEST(Discover, NamesAnotherServerOfTheSameProgram) {
  auto host = running_sshd();
  const std::string sshd = "/usr/sbin/sshd";
  process(host, sshd, "77", "1");
  process(host, sshd, "78", "77");  // a session of ours
  host.link("/proc/77/fd/3", "socket:[501]");
  EXPECT_THAT(only(discover(host, shipped(), {"/pre", {}})).notes,
              Not(Contains(HasSubstr("another server"))));
  process(host, sshd, "90", "1");
  host.put("/proc/90/cmdline", std::string("sshd\0-f\0/etc/ssh/two\0", 22));
  host.link("/proc/90/fd/3", "socket:[502]");
  host.link("/proc/90/fd/4", "socket:[503]");  // a connection, not a listener
  process(host, sshd, "91", "90");
  host.link("/proc/91/fd/3", "socket:[502]");
  EXPECT_THAT(
      only(discover(host, shipped(), {"/pre", {}})).notes,
      Contains(AllOf(HasSubstr("another server"), HasSubstr("port 2200 (process 90: sshd -f"))));
}

TEST(Discover, PassesOverServersThatAreInstancesOfTheirOwn) {
  test::FakeHost host;
  for (const char* number : {"77", "90"})
    process(host, "/usr/lib/postfix/sbin/master", number, "1");
  host.link("/proc/90/fd/3", "socket:[502]");
  host.put("/proc/90/environ", std::string("A=b\0MAIL_CONFIG=/etc/postfix-out\0", 34));
  service::Instance ours, foreign;
  note_others(host, "77", {"/etc/postfix-out"}, ours);
  EXPECT_THAT(ours.notes, IsEmpty());
  note_others(host, "77", {"/etc/postfix-in"}, foreign);
  EXPECT_THAT(foreign.notes, Contains(HasSubstr("port 2200")));
}

}  // namespace
}  // namespace tlspolicy::discover
