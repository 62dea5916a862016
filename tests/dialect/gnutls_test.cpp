// SPDX-License-Identifier: Apache-2.0
// Our priority strings, read back by gnutls-cli: exactly the code points that were meant.
#include "dialect/gnutls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>

#include "base/text.hpp"
#include "policy/policy.hpp"

namespace tlspolicy::dialect::gnutls {
namespace {
using crypto::Protocol;
using testing::IsEmpty;

struct Read {
  std::set<std::uint32_t> suites;
  std::vector<std::string> versions, groups, signatures;
  std::string raw;
};

std::vector<std::string> after(const std::string& line) {
  auto words = base::words(base::replace_all(line.substr(line.find(':') + 1), ",", " "));
  std::erase(words, "none");
  return words;
}

Read read_by_gnutls(const std::string& text) {
  const std::string command = "gnutls-cli --list --priority '" + text + "' 2>&1";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  Read out;
  std::array<char, 4096> bytes{};
  while (const auto size = fread(bytes.data(), 1, bytes.size(), pipe.get()))
    out.raw.append(bytes.data(), size);
  for (const auto& line : base::lines(out.raw)) {
    unsigned high = 0, low = 0;  // "TLS_AES_128_GCM_SHA256    0x13, 0x01  TLS1.3"
    const auto code = line.find("\t0x");
    if (code != std::string::npos &&
        sscanf(line.c_str() + code, "\t0x%2x, 0x%2x", &high, &low) == 2)
      out.suites.insert(high << 8 | low);
    if (line.starts_with("Protocols:")) out.versions = after(line);
    if (line.starts_with("Groups:")) out.groups = after(line);
    if (line.starts_with("PK-signatures:")) out.signatures = after(line);
  }
  return out;
}

std::set<std::uint32_t> codes(const std::vector<std::string>& names) {
  std::set<std::uint32_t> out;
  for (const auto& name : names)
    out.insert(static_cast<std::uint32_t>(crypto::suite_named(name).value()));
  return out;
}

crypto::Protocols from(Protocol first, Protocol last) {
  crypto::Protocols out;
  for (const auto one : crypto::all_protocols())
    if (one >= first && one <= last) out.insert(out.begin(), one);
  return out;
}

Meant meant(const policy::Tls& tls) {
  Meant out{from(tls.min_protocol, tls.max_protocol), tls.suites, tls.groups, tls.schemes,
            tls.order == policy::Order::server};
  out.suites.insert(out.suites.end(), tls.tls13_suites.begin(), tls.tls13_suites.end());
  return out;
}

std::vector<std::filesystem::path> policies() {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(TLSPOLICY_SOURCE "/data/policies"))
    out.push_back(entry.path());
  return out;
}

const crypto::Schemes kSigned{crypto::scheme_named("rsa_pss_rsae_sha256").value(),
                              crypto::scheme_named("ecdsa_secp256r1_sha256").value()};

TEST(GnutlsPriority, IsEmptyWhereGnutlsWouldDropTheVersionsThatAreMeant) {
  const auto out = priority({{Protocol::tls12, Protocol::tls10},
                             {crypto::suite_named("TLS_RSA_WITH_AES_128_CBC_SHA").value()},
                             {},
                             {},
                             false});
  EXPECT_EQ(out.text, "");
  EXPECT_EQ(read_by_gnutls("NONE:+VERS-TLS1.2:+VERS-TLS1.0:+RSA:+AES-128-CBC:+SHA1:+COMP-NULL:"
                           "+CTYPE-X509")
                .versions,
            std::vector<std::string>{"VERS-TLS1.0"});
}

TEST(GnutlsPriority, IsReadAsExactlyWhatEveryPolicyMeant) {
  for (const auto& file : policies()) {
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto policy = policy::parse_policy(text, file.string());
    ASSERT_TRUE(policy) << file;
    for (const auto& tls : {policy->tls, policy->opportunistic.value_or(policy->tls)}) {
      const auto said = priority(meant(tls));
      const auto read = read_by_gnutls(said.text);
      EXPECT_EQ(read.suites, codes(said.suites)) << file << said.text << "\n" << read.raw;
      EXPECT_EQ(read.groups.size(), said.groups.size()) << said.text << "\n" << read.raw;
      std::set<std::string> schemes;
      for (const auto& word : read.signatures)
        schemes.insert(crypto::name(scheme_called(word.substr(5)).value()));
      EXPECT_EQ(schemes, std::set<std::string>(said.schemes.begin(), said.schemes.end()));
      for (const auto& word : read.groups) EXPECT_TRUE(group_called(word.substr(6))) << word;
      EXPECT_EQ(read.versions.size(), meant(tls).protocols.size()) << said.text;
      EXPECT_THAT(said.suites, testing::Not(IsEmpty())) << file;
    }
  }
}

TEST(GnutlsPriority, SaysAllSuitesOfTheModernPolicies) {
  for (const std::string id : {"20230601", "20261101", "20290101"}) {
    const std::string file = TLSPOLICY_SOURCE "/data/policies/" + id + ".toml";
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto policy = policy::parse_policy(text, file);
    ASSERT_TRUE(policy);
    const auto all = meant(policy->tls);
    EXPECT_EQ(priority(all).suites.size(), all.suites.size()) << priority(all).text;
  }
}

TEST(GnutlsPriority, IsReadAsTheOneSuiteThatWasMeantOrSaysThatItCannot) {
  int said = 0;
  for (const auto& info : crypto::all_suites()) {
    const auto one = priority({from(Protocol::tls10, Protocol::tls13),
                               {info.suite},
                               {crypto::group_named("x25519").value()},
                               kSigned,
                               false});
    if (one.text.empty()) {
      EXPECT_EQ(one.unsayable, std::vector<std::string>{crypto::name(info.suite)});
      continue;
    }
    ++said;
    EXPECT_EQ(read_by_gnutls(one.text).suites, codes({crypto::name(info.suite)})) << one.text;
  }
  EXPECT_GT(said, 3);
}

TEST(GnutlsPriority, LeavesOutWhatTheLibraryDidNotTake) {
  const auto suite = [](const char* name) { return crypto::suite_named(name).value(); };
  Library library;
  library.words = all_words();
  std::erase(*library.words, "VERS-TLS1.1");
  std::erase(*library.words, "AES-128-CBC");
  std::erase(*library.words, "GROUP-X25519-MLKEM768");
  const auto out = priority(
      {{Protocol::tls12, Protocol::tls11},
       {suite("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"), suite("TLS_RSA_WITH_AES_128_CBC_SHA")},
       {crypto::group_named("X25519MLKEM768").value(), crypto::group_named("x25519").value()},
       kSigned,
       false},
      library);
  EXPECT_THAT(out.unsayable,
              testing::ElementsAre("TLSv1.1", "TLS_RSA_WITH_AES_128_CBC_SHA", "X25519MLKEM768"));
  EXPECT_EQ(out.protocols, std::vector<std::string>{"TLSv1.2"});
  EXPECT_EQ(read_by_gnutls(out.text).suites, codes(out.suites)) << out.text;
}

TEST(GnutlsPriority, HasHybridsFromTheVersionThatBroughtThem) {
  const Meant all{{Protocol::tls13},
                  {crypto::suite_named("TLS_AES_128_GCM_SHA256").value()},
                  {crypto::group_named("X25519MLKEM768").value()},
                  kSigned,
                  false};
  EXPECT_THAT(priority(all, {base::Version{{3, 7, 9}}, {}}).groups, IsEmpty());
  EXPECT_THAT(priority(all, {base::Version{{3, 8, 9}}, {}}).text,
              testing::HasSubstr(":+GROUP-X25519-MLKEM768:"));
}

TEST(GnutlsPriority, ReadsEveryNameOfItsOwnWordsBack) {
  for (const auto& word : all_words()) {
    const auto name = word.substr(word.find('-') + 1);
    EXPECT_TRUE(!word.starts_with("VERS-") || protocol_called(name)) << word;
    EXPECT_TRUE(!word.starts_with("GROUP-") || group_called(name)) << word;
    EXPECT_TRUE(!word.starts_with("SIGN-") || scheme_called(name)) << word;
  }
  EXPECT_EQ(group_called("SECP384R1"), crypto::group_named("secp384r1"));
  EXPECT_EQ(scheme_called("ECDSA-SHA256"), crypto::scheme_named("ecdsa_secp256r1_sha256"));
  EXPECT_FALSE(group_called("NOSUCH"));
}

TEST(GnutlsPriority, LeavesOutWhatWouldBringASuiteThatWasNotMeant) {
  const auto suite = [](const char* name) { return crypto::suite_named(name).value(); };
  const auto out = priority({{Protocol::tls12},
                             {suite("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
                              suite("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
                              suite("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")},
                             {},
                             kSigned,
                             true});
  EXPECT_EQ(out.suites.size(), 2U);
  EXPECT_EQ(out.unsayable.size(), 1U);
  EXPECT_TRUE(out.text.ends_with(":%SERVER_PRECEDENCE"));
  EXPECT_EQ(read_by_gnutls(out.text).suites, codes(out.suites));
}

}  // namespace
}  // namespace tlspolicy::dialect::gnutls
