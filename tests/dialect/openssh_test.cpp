// SPDX-License-Identifier: Apache-2.0
// OpenSSH's dialect, with ssh and sshd as oracles: what we say they echo, what they do not know
// comes back as unsayable.
#include "dialect/openssh.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>

#include "base/text.hpp"
#include "crypto/terms.hpp"

namespace tlspolicy::dialect::openssh {
namespace {
using testing::ElementsAre, testing::IsEmpty, testing::IsSubsetOf,
    testing::UnorderedElementsAreArray;

struct Output {
  std::string text;
  int status = -1;
};
Output run(const std::string& command) {
  Output out;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer{};
  while (pipe && std::fgets(buffer.data(), buffer.size(), pipe)) out.text += buffer.data();
  if (pipe) out.status = pclose(pipe);
  return out;
}

const std::map<List, std::pair<crypto::SshKind, std::string>> kLists{
    {List::kex, {crypto::SshKind::kex, "kex"}},
    {List::ciphers, {crypto::SshKind::cipher, "cipher"}},
    {List::macs, {crypto::SshKind::mac, "mac"}},
    {List::host_keys, {crypto::SshKind::host_key, "key-sig"}}};

std::vector<std::string> all_names(crypto::SshKind kind) {
  std::vector<std::string> out;
  for (const auto& info : crypto::all_ssh())
    if (info.kind == kind) out.emplace_back(info.name);
  return out;
}

std::vector<std::string> listed_by_ssh(const std::string& query) {
  return base::lines(run("ssh -Q " + query).text);
}

Program program(std::vector<int> version) { return {{std::move(version)}, {}, {}, {}, {}}; }

std::optional<base::Version> installed() {  // "OpenSSH_9.2p1 Debian-2, OpenSSL …"
  const auto text = run("ssh -V").text;
  const auto at = text.find('_');
  return at == std::string::npos ? std::nullopt : base::parse_version(text.substr(at + 1));
}

TEST(Openssh, KnowsEveryAlgorithmThatTheInstalledOneLists) {
  ASSERT_TRUE(installed()) << "the program ssh is needed";
  for (const auto& [which, row] : kLists) {
    const auto names = listed_by_ssh(row.second);
    ASSERT_GE(names.size(), 5U);
    for (const auto& name : names)
      EXPECT_TRUE(crypto::find_ssh(row.first, name) || name.starts_with("gss-")) << name;
  }
}

// By its version alone we say nothing that it lacks; what it has beyond is a distribution's
// backport.
TEST(Openssh, SaysByVersionWhatTheInstalledOneListsAndNothingElse) {
  const Program now{*installed(), {}, {}, {}, {}};
  const std::set<std::string> backports{"sntrup761x25519-sha512"};  // Debian 12's 9.2p1
  for (const auto& [which, row] : kLists) {
    const auto words = list(which, all_names(row.first), now);
    EXPECT_EQ(base::join(words.said, ","), words.text);
    const auto listed = listed_by_ssh(row.second);
    EXPECT_THAT(words.said, IsSubsetOf(listed)) << row.second;
    for (const auto& name : listed)
      EXPECT_TRUE(std::ranges::count(words.said, name) == 1 || backports.contains(name)) << name;
  }
}

TEST(Openssh, FollowsWhatTheProgramListsRatherThanItsVersion) {
  Program asked = program({10, 0});
  asked.kex = {"curve25519-sha256"};
  const auto words = list(List::kex, {"mlkem768x25519-sha256", "curve25519-sha256"}, asked);
  EXPECT_EQ(words.text, "curve25519-sha256");
  EXPECT_THAT(words.unsayable, ElementsAre("mlkem768x25519-sha256"));
}

TEST(Openssh, SaysNewKeyExchangesFromTheirVersionOn) {
  const std::vector<std::string> names{"mlkem768x25519-sha256", "sntrup761x25519-sha512",
                                       "sntrup761x25519-sha512@openssh.com", "curve25519-sha256"};
  EXPECT_EQ(list(List::kex, names, program({8, 4})).text, "curve25519-sha256");
  EXPECT_EQ(list(List::kex, names, program({9, 8})).text,
            "sntrup761x25519-sha512@openssh.com,curve25519-sha256");
  EXPECT_THAT(list(List::kex, names, program({9, 9})).unsayable, IsEmpty());
  EXPECT_THAT(list(List::kex, names, program({10, 0})).said, UnorderedElementsAreArray(names));
}

TEST(Openssh, DropsWhatWasTakenOut) {
  EXPECT_THAT(list(List::macs, {"hmac-ripemd160", "hmac-sha2-256"}, program({9, 2})).unsayable,
              ElementsAre("hmac-ripemd160"));
  EXPECT_EQ(list(List::macs, {"hmac-ripemd160"}, program({7, 4})).text, "hmac-ripemd160");
  EXPECT_THAT(list(List::host_keys, {"ssh-dss"}, program({10, 0})).said, IsEmpty());
}

// A suffix of sshd -T or ssh -G's line for one keyword.
std::string echoed(const std::string& text, std::string_view keyword) {
  for (const auto& line : base::lines(text)) {
    const auto words = base::words(line);
    if (words.size() == 2 && words[0] == keyword) return words[1];
  }
  return {};
}

std::vector<std::pair<std::string, std::string>> everything_sayable() {
  const Program now{*installed(), {}, {}, {}, {}};
  const auto all = [&](List which) {
    return list(which, all_names(kLists.at(which).first), now).text;
  };
  return {{"kexalgorithms", all(List::kex)},
          {"ciphers", all(List::ciphers)},
          {"macs", all(List::macs)},
          {"hostkeyalgorithms", all(List::host_keys)},
          {"pubkeyacceptedalgorithms", all(List::host_keys)}};
}

// A folder that goes away with the test.
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "tlspolicy-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
};

TEST(Openssh, IsUnderstoodByTheClient) {
  const Folder folder;
  const auto file = (folder.path / "ssh_config").string();
  {
    std::ofstream out(file);
    for (const auto& [keyword, value] : everything_sayable())
      out << keyword << " " << value << "\n";
  }
  const auto seen = run("ssh -F " + file + " -G localhost");
  ASSERT_EQ(seen.status, 0) << seen.text;
  for (const auto& [keyword, value] : everything_sayable())
    EXPECT_EQ(echoed(seen.text, keyword), value);
}

// TLSPOLICY_SSHD names another sshd than the installed one.
TEST(Openssh, IsUnderstoodByTheServer) {
  const char* named = std::getenv("TLSPOLICY_SSHD");
  const std::string sshd = named ? named : "/usr/sbin/sshd";
  if (access(sshd.c_str(), X_OK) != 0) GTEST_SKIP() << "no " << sshd;
  const Folder folder;
  const auto file = (folder.path / "sshd_config").string();
  const auto key = (folder.path / "key").string();
  ASSERT_EQ(run("ssh-keygen -q -t ed25519 -N '' -f " + key).status, 0);
  {
    std::ofstream out(file);
    out << "HostKey " << key << "\n";
    for (const auto& [keyword, value] : everything_sayable())
      out << keyword << " " << value << "\n";
  }
  // As root it wants /run/sshd, which only its service makes: one of our own, for this process
  // alone.
  const std::string alone = geteuid() == 0 ? "unshare -m sh -c 'mount -t tmpfs tlspolicy /run && "
                                             "mkdir -m 755 /run/sshd && exec \"$@\"' - "
                                           : "";
  const auto seen = run(alone + sshd + " -T -f " + file);
  ASSERT_EQ(seen.status, 0) << seen.text;
  for (const auto& [keyword, value] : everything_sayable())
    EXPECT_EQ(echoed(seen.text, keyword), value);
}

// And the control: one name that it does not know, and it refuses to start.
TEST(Openssh, IsRefusedForOneUnknownName) {
  EXPECT_NE(run("ssh -F none -o MACs=hmac-sha2-256,hmac-none-such -G localhost").status, 0);
}
}  // namespace
}  // namespace tlspolicy::dialect::openssh
