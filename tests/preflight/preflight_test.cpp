// SPDX-License-Identifier: Apache-2.0
// The pre-flight program as its callers run it, on this machine's libssl; openssl(1) is the oracle
// for what the library makes of a cipher string.
//
// TLSPOLICY_OTHER_LIBSSL=/path/libssl.so.N adds a library of another release, its libcrypto beside
// it (one that this machine's libc can load).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "base/text.hpp"

namespace tlspolicy {
namespace {
namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Ran {
  int status = -1;
  std::string out, err;
};

class Preflight : public ::testing::Test {
 protected:
  Preflight() {
    std::string name = (fs::temp_directory_path() / "tlspolicy-preflight-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    for (const auto& line : base::lines(run("ldd $(command -v openssl)").out))
      if (const auto words = base::words(line); words.size() > 2 && words[0].starts_with("libssl"))
        library_ = words[2];
  }
  ~Preflight() override { fs::remove_all(folder_); }

  void SetUp() override {
    if (library_.empty()) GTEST_SKIP() << "openssl is not installed";
  }

  std::string get(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }

  Ran run(const std::string& command, const std::string& input = {}) const {
    std::ofstream(folder_ / "in", std::ios::binary) << input;
    const int status =
        std::system(("cd '" + folder_.string() + "' && " + command + " <in >out 2>err").c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, get("out"), get("err")};
  }

  Ran preflight(const std::string& arguments, const std::string& input = {}) const {
    return run("'" TLSPOLICY_PREFLIGHT "' " + arguments, input);
  }

  std::string answer(const std::string& question) const {
    return preflight(library_, question + "\n").out;
  }

  fs::path folder_;
  std::string library_;
};

TEST_F(Preflight, AnswersEachLineInOrder) {
  const auto ran = preflight(library_,
                             "version\nsuites ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA\n"
                             "ciphersuites TLS_AES_256_GCM_SHA384\ngroups X25519:P-256\n"
                             "schemes ecdsa_secp256r1_sha256:RSA+SHA256\nprotocol TLSv1.2\n"
                             "conf Protocol -ALL,+TLSv1.2");
  const auto lines = base::lines(ran.out);
  ASSERT_EQ(lines.size(), 7U) << ran.out << ran.err;
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ("OpenSSL " + lines[0].substr(3) + " ",
            run("openssl version").out.substr(0, lines[0].size() + 6));
  EXPECT_EQ(lines[1], "ok c02f,002f");
  EXPECT_EQ(lines[2], "ok 1302");
  for (std::size_t i = 3; i < 7; ++i) EXPECT_EQ(lines[i], "ok");
}

TEST_F(Preflight, SaysNoToOneUnknownWordAmongGoodOnes) {
  EXPECT_THAT(answer("suites ECDHE-RSA-AES128-GCM-SHA256:NOSUCH"),
              StartsWith("no the library does not know \"NOSUCH\""));
  EXPECT_EQ(answer("suites-leniently ECDHE-RSA-AES128-GCM-SHA256:NOSUCH"), "ok c02f\n");
  EXPECT_EQ(answer("suites HIGH:!aNULL:-NOSUCH:@STRENGTH").substr(0, 3), "ok ");
  for (const char* question :
       {"ciphersuites TLS_AES_256_GCM_SHA384:TLS_NOSUCH", "groups X25519:nosuch",
        "schemes RSA+SHA256:nosuch", "protocol TLSv9", "conf Protocol ALL,nosuch",
        "conf Groups X25519:nosuch", "conf CipherString HIGH:NOSUCH",
        "conf ciphersuites TLS_AES_256_GCM_SHA384:TLS_NOSUCH",
        "conf SignatureAlgorithms RSA+SHA256:nosuch", "conf Options ServerPreference,nosuch",
        "conf NoSuch 1", "conf MinProtocol", "suites", "suites ", "nosuch 1", ""})
    EXPECT_THAT(answer(question), StartsWith("no ")) << question;
}

TEST_F(Preflight, ReadsCipherStringsAsOpensslDoes) {
  const std::vector<std::string> words{"ALL",          "HIGH",
                                       "ECDHE+AESGCM", "kRSA",
                                       "!aNULL",       "!eNULL",
                                       "-SHA1",        "+AES128",
                                       "DEFAULT",      "@STRENGTH",
                                       "!kRSA",        "CHACHA20",
                                       "AES256-SHA",   "DHE-RSA-AES128-SHA",
                                       "!AESCCM",      "ECDHE-ECDSA-AES256-GCM-SHA384",
                                       "PSK",          "@SECLEVEL=0"};
  std::mt19937 random(5);
  std::vector<std::string> questions, expected;
  for (int i = 0; i < 25; ++i) {
    std::string value = "AES128-GCM-SHA256";
    for (auto n = random() % 6; n > 0; --n) value += ":" + words[random() % words.size()];
    std::string codes;
    for (const auto& line : base::lines(run("openssl ciphers -V '" + value + "'").out)) {
      if (line.find("TLSv1.3") != std::string::npos) continue;
      auto code = base::lower(base::words(line)[0]);  // "0xc0,0x2f"
      codes += (codes.empty() ? "" : ",") + code.substr(2, 2) + code.substr(7, 2);
    }
    questions.push_back("suites " + value);
    expected.push_back(codes.empty() ? "no no cipher match" : "ok " + codes);
  }
  const auto answers = base::lines(preflight(library_, base::join(questions, "\n") + "\n").out);
  ASSERT_EQ(answers.size(), expected.size());
  for (std::size_t i = 0; i < answers.size(); ++i)
    EXPECT_EQ(answers[i], expected[i]) << questions[i];
}

TEST_F(Preflight, TellsByItsExitStatus) {
  EXPECT_EQ(preflight(library_ + " groups X25519").status, 0);
  EXPECT_EQ(preflight(library_ + " conf Groups X25519").status, 0);
  EXPECT_EQ(preflight(library_ + " conf 'Groups X25519'").status, 0);
  EXPECT_EQ(preflight(library_ + " version").status, 0);

  const auto refused = preflight(library_ + " groups nosuch");
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(refused.out, "");
  EXPECT_NE(refused.err, "");

  EXPECT_EQ(preflight("").status, 2);
  EXPECT_EQ(preflight(library_ + " nosuch x").status, 2);
  EXPECT_EQ(preflight(library_ + " groups a b c").status, 2);

  EXPECT_EQ(preflight("/nosuch/libssl.so.3 version").status, 3);
  EXPECT_EQ(preflight("/dev/null version").status, 3);
  const auto other = preflight("libm.so.6 version");
  EXPECT_EQ(other.status, 3);
  EXPECT_THAT(other.err, HasSubstr("is no libssl"));
}

TEST_F(Preflight, BoundsAndCleansWhatIsHostile) {
  const std::string huge(200'000, 'A');
  const auto ran = preflight(library_, "suites " + huge + "\nsuites \x01\x1b[31m\r\nsuites a" +
                                           std::string(1, '\0') + "b\n" + "groups " +
                                           std::string(60'000, ':') + "\nversion\n");
  const auto lines = base::lines(ran.out);
  ASSERT_EQ(lines.size(), 5U) << ran.err;
  EXPECT_EQ(lines[0], "no the question is too long");
  EXPECT_THAT(lines[1], StartsWith("no "));
  EXPECT_EQ(lines[2], "no a NUL byte");
  EXPECT_THAT(lines[3], StartsWith("no "));
  EXPECT_THAT(lines[4], StartsWith("ok "));
  EXPECT_EQ(ran.out.find('\x1b'), std::string::npos);
}

TEST_F(Preflight, TakesTheLibcryptoThatLiesBesideTheLibssl) {
  const auto beside = fs::path(library_).parent_path();
  for (const auto& entry : fs::directory_iterator(beside)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("libssl.so.") || name.starts_with("libcrypto.so."))
      fs::copy_file(entry.path(), folder_ / name);
  }
  const auto mine = (folder_ / fs::path(library_).filename()).string();
  const auto ran = run("env LD_DEBUG=files LD_DEBUG_OUTPUT=loader '" TLSPOLICY_PREFLIGHT "' " +
                       mine + " version");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(run("cat loader.*").out,
              HasSubstr("calling init: " + (folder_ / "libcrypto").string()));
}

TEST_F(Preflight, AsksALibraryOfAnotherRelease) {
  const char* other = std::getenv("TLSPOLICY_OTHER_LIBSSL");
  if (!other) GTEST_SKIP() << "TLSPOLICY_OTHER_LIBSSL names none";
  const auto lines =
      base::lines(preflight(other,
                            "version\nsuites ECDHE-RSA-AES128-GCM-SHA256\nsuites HIGH:NOSUCH\n"
                            "ciphersuites TLS_AES_128_GCM_SHA256:TLS_NOSUCH\ngroups X25519\n"
                            "groups nosuch\nconf MinProtocol TLSv1.2\nschemes nosuch\n")
                      .out);
  ASSERT_EQ(lines.size(), 8U);
  EXPECT_NE(lines[0], base::trim(answer("version")));
  EXPECT_EQ(lines[1], "ok c02f");
  EXPECT_EQ(lines[4], "ok");
  EXPECT_EQ(lines[6], "ok");
  for (const std::size_t i : {2, 3, 5, 7}) EXPECT_THAT(lines[i], StartsWith("no ")) << i;
}

}  // namespace
}  // namespace tlspolicy
