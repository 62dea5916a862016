// SPDX-License-Identifier: Apache-2.0
// Discovery on a machine in memory: Apache on Debian with its symlinks, sshd, and what is broken.
#include "discover/discover.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "discover/shipped.hpp"

namespace tlspolicy::discover {
namespace {
using testing::Contains, testing::ElementsAre, testing::EndsWith, testing::HasSubstr,
    testing::IsEmpty, testing::Not;

// What the pre-flight child says: it knows two suites, one group, and an expansion.
host::Finished preflight(const host::Command& command) {
  std::istringstream questions(command.input);
  std::string out;
  for (std::string line; std::getline(questions, line);) {
    if (line == "version") {
      out += "ok 3.0.22\n";
    } else if (line == "suites HIGH:!aNULL") {
      out += "ok C02F,009C\n";
    } else if (line == "groups X25519" || line == "suites ECDHE-RSA-AES128-GCM-SHA256") {
      out += "ok\n";
    } else {
      out += "no such word\n";
    }
  }
  return {0, out, "", false};
}

test::FakeHost apache() {
  test::FakeHost host;
  host.put("/usr/sbin/apache2", "");
  host.put("/etc/apache2/apache2.conf",
           "Include ports.conf\nIncludeOptional conf-enabled/*.conf\n"
           "IncludeOptional sites-enabled/*.conf\n");
  host.put("/etc/apache2/ports.conf", "Listen 443\nListen [2001:db8::1]:8443\n");
  host.put("/etc/apache2/sites-available/a.conf",
           "<VirtualHost *:443 [2001:db8::1]:8443>\nServerName a.example:443\nSSLEngine on\n"
           "SSLCipherSuite HIGH:!aNULL\n</VirtualHost>\n"
           "<VirtualHost *:80>\nServerName b.example\n</VirtualHost>\n");
  host.link("/etc/apache2/sites-enabled/a.conf", "../sites-available/a.conf");
  host.on("*", 1);
  host.on("/usr/sbin/apache2 -v", 0, "Server version: Apache/2.4.71 (Debian)\n");
  host.on("/usr/sbin/apache2ctl configtest", 0, "", "Syntax OK\n");
  host.on("systemctl is-active *", 0);
  host.on("ldd *", 0, "\tlibssl.so.3 => /usr/lib/libssl.so.3 (0x0)\n");
  host.on("/pre /usr/lib/libssl.so.3", preflight);
  // md5sum of the ports.conf above, by md5sum(1).
  host.on("dpkg-query *", 0,
          " /etc/apache2/apache2.conf 00000000000000000000000000000000\n"
          " /etc/apache2/ports.conf c79d96130c675bec0be6b92b3487ffd3\n");
  return host;
}

TEST(Discover, FindsNothingOnAMachineWithoutServices) {
  test::FakeHost host;
  EXPECT_THAT(discover(host, shipped(), {"/pre", {}}).instances, IsEmpty());
}

TEST(Discover, FindsEveryAddressAndNameOfAVirtualHost) {
  auto host = apache();
  const auto found = only(discover(host, shipped(), {"/pre", {}}));
  std::vector<std::string> ids;
  for (const auto& endpoint : found.endpoints) ids.push_back(endpoint.id);
  EXPECT_THAT(ids, ElementsAre("httpd:443:a.example", "httpd:[2001:db8::1]:8443:a.example"));
  EXPECT_EQ(found.capability.program_version, "2.4.71");
  EXPECT_TRUE(found.running);
}

TEST(Discover, AsksTheLibraryThatTheServiceLoads) {
  auto host = apache();
  const auto can = only(discover(host, shipped(), {"/pre", {}})).capability;
  EXPECT_EQ(can.library_path, "/usr/lib/libssl.so.3");
  EXPECT_EQ(can.library_version, "3.0.22");
  EXPECT_THAT(can.suites, ElementsAre("ECDHE-RSA-AES128-GCM-SHA256"));
  EXPECT_THAT(can.groups, ElementsAre("X25519"));
  EXPECT_THAT(
      can.readings.at("suites HIGH:!aNULL"),
      ElementsAre("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256"));
}

// An image that nothing may be run in: its package database says what is installed.
TEST(Discover, TakesVersionsFromThePackagesUnderAnotherRoot) {
  auto host = apache();
  host.live = false;
  const std::string module = "/usr/lib/apache2/modules/mod_ssl.so",
                    library = "/usr/lib/x86_64-linux-gnu/libssl.so.3";
  host.put(module, std::string("\x7f"
                               "ELF\0libc.so.6\0libssl.so.3\0",
                               27));
  host.put(library, "");
  host.put("/var/lib/dpkg/info/apache2-bin.list", "/.\n/usr/sbin/apache2\n" + module + "\n");
  host.put("/var/lib/dpkg/info/libssl3:amd64.list", "/.\n" + library + "\n");
  host.put("/var/lib/dpkg/status",
           "Package: apache2\nVersion: 9\n\nPackage: apache2-bin\nStatus: install ok installed\n"
           "Version: 1:2.4.71-1~deb12u2\n\nPackage: libssl3\n\nPackage: z\nVersion: 8\n");
  auto can = only(discover(host, shipped(), {"/pre", {}})).capability;
  EXPECT_EQ(can.program_version, "2.4.71");
  EXPECT_EQ(can.library_version, "");
  host.put("/var/lib/dpkg/status",
           "Package: libssl3\nVersion: 3.0.22-1\n\nPackage: apache2-bin\nVersion: 2.4.71-1\n");
  const auto known = only(discover(host, shipped(), {"/pre", {}}));
  EXPECT_EQ(known.capability.library_version, "3.0.22");
  EXPECT_EQ(known.capability.library, "openssl");
  EXPECT_THAT(known.notes, testing::Not(Contains(HasSubstr("cannot be seen"))));
}

TEST(Discover, SaysWhereNoVersionCanBeSeenUnderAnotherRoot) {
  auto host = apache();
  host.live = false;
  const auto instance = only(discover(host, shipped(), {"/pre", {}}));
  EXPECT_EQ(instance.capability.program_version, "");
  EXPECT_THAT(instance.notes, Contains(HasSubstr("cannot be seen from here")));
}

// In a container the kernel may name the file as it lies outside: then the linker's counts.
TEST(Discover, TakesNoMappedLibraryThatIsNotThere) {
  auto host = apache();
  host.on("systemctl show *", 0, "77\n");
  host.put("/proc/77/maps", "7f-80 r-xp 0 00:1 1   /outside/usr/lib/libssl.so.3\n");
  EXPECT_EQ(only(discover(host, shipped(), {"/pre", {}})).capability.library_path,
            "/usr/lib/libssl.so.3");
  host.put("/outside/usr/lib/libssl.so.3", "");
  EXPECT_EQ(only(discover(host, shipped(), {"/pre", {}})).capability.library_path,
            "/outside/usr/lib/libssl.so.3");
}

TEST(Discover, KeepsTheFileBehindASymlinkUnderBothNames) {
  auto host = apache();
  const auto found = only(discover(host, shipped(), {"/pre", {}}));
  EXPECT_EQ(found.real_paths.at("/etc/apache2/sites-enabled/a.conf"),
            "/etc/apache2/sites-available/a.conf");
  EXPECT_THAT(found.files.at("/etc/apache2/sites-enabled/a.conf").content, HasSubstr("a.example"));
}

TEST(Discover, TellsAPackagesOwnBytesFromAnEditedConffile) {
  auto host = apache();
  const auto state = discover(host, shipped(), {"/pre", {}});
  EXPECT_THAT(state.packaged, ElementsAre("/etc/apache2/apache2.conf", "/etc/apache2/ports.conf"));
  EXPECT_THAT(state.as_shipped, ElementsAre("/etc/apache2/ports.conf"));
}

TEST(Discover, LooksWithoutTheCheckThatWouldMakeFolders) {
  test::FakeHost host;
  host.put("/usr/lib/postfix/libpostfix-tls.so", "");
  host.put("/etc/postfix/main.cf", "smtpd_tls_security_level = may\n");
  host.put("/etc/postfix/master.cf", "smtp inet n - y - - smtpd\n");
  host.on("*", 0);
  EXPECT_FALSE(only(discover(host, shipped(), {"/pre", {}})).broken);
  EXPECT_THAT(host.ran, Not(Contains(EndsWith(" check"))));
  host.on("postconf -c /etc/postfix -n", 1, "", "postconf: fatal: /etc/postfix/main.cf, line 1\n");
  EXPECT_TRUE(only(discover(host, shipped(), {"/pre", {}})).broken);
}

TEST(Discover, SaysThatAServiceWasBrokenBefore) {
  auto host = apache();
  host.on("/usr/sbin/apache2ctl configtest", 1, "", "AH00526: Syntax error\nInvalid command\n");
  const auto found = only(discover(host, shipped(), {"/pre", {}}));
  ASSERT_TRUE(found.broken);
  EXPECT_EQ(found.broken->id, "broken-before");
  EXPECT_EQ(found.broken->what, "AH00526: Syntax error; Invalid command");
}

TEST(Discover, DoesNotCallAServiceBrokenWhoseCheckDidNotEnd) {
  auto host = apache();
  host.on("/usr/sbin/apache2ctl configtest", [](const host::Command&) {
    host::Finished killed;
    killed.status = 137;
    killed.timed_out = true;
    return killed;
  });
  const auto found = only(discover(host, shipped(), {"/pre", {}}));
  ASSERT_TRUE(found.broken);
  EXPECT_EQ(found.broken->id, "check-unfinished");
  EXPECT_EQ(found.broken->what, "its check did not end within 30 s");
}

TEST(Discover, LeavesOutWhatTheServerItselfDidNotRead) {
  auto host = apache();
  host.on("*DUMP_CONFIG", 0,
          "# In file: /etc/apache2/ports.conf\n#   1:\nListen 443\n"
          "# In file: /etc/apache2/sites-enabled/a.conf\n#   1:\n<VirtualHost *:443>\n"
          "  #   2:\n  ServerName a.example:443\n  #   3:\n  SSLEngine on\n</VirtualHost>\n");
  const auto found = only(discover(host, shipped(), {"/pre", {}}));
  EXPECT_THAT(found.inactive_lines, Contains("/etc/apache2/sites-enabled/a.conf:4"));
}

// A plan without its answers would be one for a library that can hardly anything.
TEST(Discover, TakesNoServiceWhoseLibraryDoesNotAnswer) {
  auto host = apache();
  host.on("/pre /usr/lib/libssl.so.3", 153, "ok 3.0.22\n", "File size limit exceeded\n");
  const auto found = only(discover(host, shipped(), {"/pre", {}}));
  ASSERT_TRUE(found.unfit);
  EXPECT_EQ(found.unfit->id, "library-silent");
  EXPECT_EQ(found.unfit->where, "/usr/lib/libssl.so.3");
  EXPECT_THAT(found.unfit->what, HasSubstr("File size limit exceeded"));
  EXPECT_FALSE(found.broken);
}

// As a user who may not enter the service's folder.
TEST(Discover, SaysThatAConfigurationCannotBeReadAndNotThatItIsAbsent) {
  struct Hidden : test::FakeHost {
    using FakeHost::FakeHost;
    Result<host::FileState> read(const host::Path& path) override {
      if (path.starts_with("/etc/apache2/"))
        return fail("not-permitted", "cannot find: Permission denied", path);
      return FakeHost::read(path);
    }
  };
  Hidden host;
  host.put("/usr/sbin/apache2", "");
  host.on("*", 1);
  host.root = false;
  const auto found = only(discover(host, shipped(), {"/pre", {}}));
  ASSERT_TRUE(found.broken);
  EXPECT_EQ(found.broken->id, "not-readable");
  EXPECT_EQ(found.broken->where, "/etc/apache2/apache2.conf");
  EXPECT_THAT(found.notes, testing::Not(Contains(HasSubstr("no such file"))));
}

TEST(Discover, KeepsWhatTheServerMadeOfAMacro) {
  auto host = apache();
  host.put("/etc/apache2/sites-available/a.conf",
           "<Macro sv $name>\n<VirtualHost *:443>\nServerName $name\nSSLEngine on\n"
           "SSLProtocol -all +TLSv1.3\n</VirtualHost>\n</Macro>\nUse sv m.example\n");
  const std::string from =
      "macro 'sv' (defined on line 1 of \"/etc/apache2/sites-enabled/a.conf\") used on line 8 of "
      "\"/etc/apache2/sites-enabled/a.conf\"";
  host.on("*DUMP_CONFIG", 0,
          "# In file: /etc/apache2/ports.conf\n#   1:\nListen 443\n# In file: " + from +
              "\n#   1:\n<VirtualHost *:443>\n  #   2:\n  ServerName m.example\n  #   3:\n"
              "  SSLEngine on\n  #   4:\n  SSLProtocol -all +TLSv1.3\n</VirtualHost>\n");
  const auto found = only(discover(host, shipped(), {"/pre", {}}));
  ASSERT_EQ(found.expanded.size(), 1u);
  EXPECT_EQ(found.expanded[0].file, from);
  EXPECT_EQ(found.expanded[0].setting.line, 4);
  ASSERT_EQ(found.endpoints.size(), 1u);
  EXPECT_EQ(found.expanded[0].setting.scopes.back().file, found.endpoints[0].file);
  EXPECT_EQ(found.expanded[0].setting.scopes.back().line, found.endpoints[0].line);
}

// Apache takes a scheme before the name and a port behind it.
TEST(Discover, TakesTheNameAloneOutOfServerName) {
  auto host = apache();
  host.put("/etc/apache2/sites-available/a.conf",
           "<VirtualHost *:443>\nServerName https://sch.example:443\nSSLEngine on\n"
           "</VirtualHost>\n");
  EXPECT_EQ(only(discover(host, shipped(), {"/pre", {}})).endpoints.at(0).id,
            "httpd:443:sch.example");
}

TEST(Discover, LooksAtAVirtualHostWhereItsWildcardListens) {
  auto host = apache();
  host.put("/etc/apache2/ports.conf", "Listen [::]:443\nListen 127.0.0.1:8443\n");
  host.put("/etc/apache2/sites-available/a.conf",
           "<VirtualHost *:443>\nServerName a.example\nSSLEngine on\n</VirtualHost>\n");
  const auto found = only(discover(host, shipped(), {"/pre", {}}));
  ASSERT_EQ(found.endpoints.size(), 1u);
  EXPECT_EQ(found.endpoints[0].address, "::");
}

TEST(Discover, FindsEveryAddressThatNoVirtualHostCovers) {
  auto host = apache();
  host.put("/etc/apache2/ports.conf",
           "Listen 443\nListen 192.0.2.1:9443\nListen 192.0.2.2:9443\nSSLEngine on\n");
  std::vector<std::string> ids;
  for (const auto& one : only(discover(host, shipped(), {"/pre", {}})).endpoints)
    ids.push_back(one.id);
  EXPECT_THAT(ids, ElementsAre("httpd:443:a.example", "httpd:[2001:db8::1]:8443:a.example",
                               "httpd:192.0.2.1:9443", "httpd:192.0.2.2:9443"));
}

TEST(Discover, RoundTripsThroughJson) {
  auto host = apache();
  host.put("/etc/apache2/conf-enabled/odd.conf", "# \xff\xfe bytes\n");
  const auto state = discover(host, shipped(), {"/pre", {}});
  const auto again = service::host_state_from_json(service::to_json(state));
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(*again, state);
}

}  // namespace
}  // namespace tlspolicy::discover
