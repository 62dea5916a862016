// SPDX-License-Identifier: Apache-2.0
// Includes in the order in which httpd and sshd follow them, over files held in memory.
#include "config/flatten.hpp"

#include <fnmatch.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/text.hpp"

namespace tlspolicy::config {
namespace {
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Disk {
  std::map<std::string, std::string> files;

  std::set<std::string> names() const {  // files and the folders above them
    std::set<std::string> out;
    for (const auto& [file, text] : files)
      for (auto end = file.size(); end != 0 && end != std::string::npos;
           end = file.rfind('/', end - 1))
        out.insert(file.substr(0, end));
    return out;
  }

  Flattened read(std::string_view syntax, const std::string& root, const std::string& base) const {
    const auto read_file = [this](const std::string& path) -> std::optional<std::string> {
      const auto found = files.find(path);
      if (found == files.end()) return std::nullopt;
      return found->second;
    };
    const auto glob = [this](const std::string& pattern) {
      std::vector<std::string> out;
      for (const auto& name : names())
        if (fnmatch(pattern.c_str(), name.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0)
          out.insert(out.begin(), name);  // in the wrong order on purpose
      return out;
    };
    return flatten(*syntax_named(syntax), root, base,
                   {"Include", "IncludeOptional", "!include", "!include_try"}, read_file, glob);
  }
};

std::vector<std::string> settings(const Flattened& flat) {
  std::vector<std::string> out;
  for (const auto& [file, setting] : flat.settings) {
    if (base::lower(setting.key).find("include") != std::string::npos) continue;
    std::string line;
    for (const auto& scope : setting.scopes)
      line += scope.kind + " " + scope.argument + "@" + scope.file + ":" +
              std::to_string(scope.line) + " > ";
    out.push_back(line + setting.key + " " + base::join(setting.args, " "));
  }
  return out;
}

std::vector<std::string> troubles(const Flattened& flat) {
  std::vector<std::string> out;
  for (const auto& [file, unread] : flat.unread)
    out.push_back(file + ":" + std::to_string(unread.line) + " " + unread.text + ": " + unread.why);
  return out;
}

TEST(Flatten, FollowsDovecotToLocalConfAndBesideTheFileThatIncludes) {
  const Disk disk{{
      {"/etc/dovecot/dovecot.conf",
       "a = 1\n!include_try /usr/share/dovecot/*.protocol\n!include conf.d/*.conf\n"
       "!include_try local.conf\n!include absent.conf\nz = 9\n"},
      {"/etc/dovecot/conf.d/20-imap.conf", "protocol imap {\n  !include more/*.ext\n}\n"},
      {"/etc/dovecot/conf.d/10-ssl.conf", "ssl = yes\n"},
      {"/etc/dovecot/conf.d/more/a.ext", "ssl = required\n"},
      {"/etc/dovecot/local.conf", "ssl = no\n"},
  }};
  const auto flat = disk.read("dovecot", "/etc/dovecot/dovecot.conf", "/nowhere");
  EXPECT_THAT(settings(flat),
              ElementsAre("a 1", "ssl yes",
                          "protocol imap@/etc/dovecot/conf.d/20-imap.conf:1 > ssl required",
                          "ssl no", "z 9"));
  EXPECT_THAT(troubles(flat), ElementsAre("/etc/dovecot/dovecot.conf:5 !include "
                                          "/etc/dovecot/absent.conf: there is no such file"));
}

TEST(Flatten, FollowsApacheThroughPatternsAndFoldersInItsOrder) {
  const Disk disk{{
      {"/etc/apache2/apache2.conf",
       "A first\n<VirtualHost *:443>\nIncludeOptional mods/*.conf\n</VirtualHost>\n"
       "include /srv/extra\nIncludeOptional nothing/*.conf\nIncludeOptional nothing\nZ last\n"},
      {"/etc/apache2/mods/b.conf", "B 1\n"},
      {"/etc/apache2/mods/a.conf", "<IfModule x>\nA 1\n</IfModule>\n"},
      {"/etc/apache2/mods/.hidden.conf", "H 1\n"},
      {"/srv/extra/sub/deep", "Deep 1\n"},
      {"/srv/extra/.dot", "Dot 1\n"},
      {"/srv/extra/zz", "Zz 1\n"},
  }};
  const auto flat = disk.read("apache", "/etc/apache2/apache2.conf", "/etc/apache2");
  const std::string host = "VirtualHost *:443@/etc/apache2/apache2.conf:2 > ";
  EXPECT_THAT(settings(flat),
              ElementsAre("A first", host + "IfModule x@/etc/apache2/mods/a.conf:1 > A 1",
                          host + "B 1", "Dot 1", "Deep 1", "Zz 1", "Z last"));
  EXPECT_THAT(flat.files, ElementsAre("/etc/apache2/apache2.conf", "/etc/apache2/mods/a.conf",
                                      "/etc/apache2/mods/b.conf", "/srv/extra/.dot",
                                      "/srv/extra/sub/deep", "/srv/extra/zz"));
  EXPECT_THAT(troubles(flat), IsEmpty());
}

TEST(Flatten, SortsApacheFolderByFolderAndSshdByWholePaths) {
  const Disk disk{{
      {"/e/c", "Include */x\n"},
      {"/e/a/x", "From a\n"},
      {"/e/a-b/x", "From a-b\n"},
  }};
  EXPECT_THAT(settings(disk.read("apache", "/e/c", "/e")), ElementsAre("From a", "From a-b"));
  EXPECT_THAT(settings(disk.read("sshd", "/e/c", "/e")), ElementsAre("From a-b", "From a"));
}

TEST(Flatten, KeepsAnSshdMatchInsideItsFile) {
  const Disk disk{{
      {"/etc/ssh/sshd_config",
       "Include sshd_config.d/*.conf /opt/one\nPort 22\nMatch User alice\nInclude inner\n"
       "Banner none\n"},
      {"/etc/ssh/sshd_config.d/10.conf", "A 1\nMatch Group x\nB 2\n"},
      {"/opt/one", "One 1\n"},
      {"/etc/ssh/inner", "In 1\nMatch Host h\nIn 2\n"},
  }};
  const auto flat = disk.read("sshd", "/etc/ssh/sshd_config", "/etc/ssh");
  const std::string alice = "Match User alice@/etc/ssh/sshd_config:3 > ";
  EXPECT_THAT(settings(flat),
              ElementsAre("A 1", "Match Group x@/etc/ssh/sshd_config.d/10.conf:2 > B 2", "One 1",
                          "Port 22", alice + "In 1", alice + "Match Host h@/etc/ssh/inner:2 > In 2",
                          alice + "Banner none"));
}

TEST(Flatten, TellsWhatLeadsNowhere) {
  const Disk disk{{{"/a", "Include gone\nInclude gone/*\nInclude ${ROOT}/x\nBroken \"\n<X>\n"}}};
  EXPECT_THAT(troubles(disk.read("apache", "/a", "/b")),
              ElementsAre("/a:5 <X>: this section is never closed",
                          "/a:1 Include /b/gone: there is no such file",
                          "/a:2 Include /b/gone/*: nothing matches this pattern",
                          "/a:3 Include ${ROOT}/x: a variable in the path, whose value only the "
                          "program knows"));
  EXPECT_THAT(troubles(disk.read("apache", "/none", "/")),
              ElementsAre("/none:0 /none: there is no such file"));
  EXPECT_THAT(troubles(Disk{{{"/a", "Include gone\n"}}}.read("sshd", "/a", "/")), IsEmpty());
}

TEST(Flatten, TellsACircleAndGoesOn) {
  const Disk disk{{{"/a", "Include /b\nEnd 1\n"}, {"/b", "B 1\nInclude /a\nB 2\n"}}};
  const auto flat = disk.read("sshd", "/a", "/");
  EXPECT_THAT(settings(flat), ElementsAre("B 1", "B 2", "End 1"));
  EXPECT_THAT(troubles(flat), ElementsAre("/b:2 Include /a: this file includes itself"));
}

TEST(Flatten, StopsAtItsDepthAndAtItsNumberOfFilesAndSaysSo) {
  Disk deep, wide;
  for (int i = 0; i < 30; ++i)
    deep.files["/" + std::to_string(i)] = "D 1\nInclude /" + std::to_string(i + 1) + "\n";
  const auto flat = deep.read("sshd", "/0", "/");
  EXPECT_EQ(flat.files.size(), 16U);
  EXPECT_THAT(troubles(flat), ElementsAre("/15:2 Include /16: included too deep"));

  for (int i = 0; i < 15; ++i) {
    const auto next = "Include /" + std::to_string(i + 1) + "\n";
    wide.files["/" + std::to_string(i)] = next + next;  // 2^15 readings
  }
  const auto many = troubles(wide.read("sshd", "/0", "/"));
  ASSERT_FALSE(many.empty());
  EXPECT_THAT(many.front(), ::testing::HasSubstr("too many files are included"));
}

}  // namespace
}  // namespace tlspolicy::config
