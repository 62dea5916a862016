// SPDX-License-Identifier: Apache-2.0
// The pre-flight program on this machine's libgnutls; gnutls-cli(1) is the oracle for what the
// library makes of a priority string.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <map>
#include <memory>

#include "base/text.hpp"

namespace tlspolicy {
namespace {
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Ran {
  int status = -1;
  std::string out;  // both streams
};

Ran run(const std::string& command) {
  FILE* pipe = popen(("{ " + command + "; } 2>&1").c_str(), "r");
  Ran out;
  std::array<char, 4096> bytes{};
  while (const auto size = fread(bytes.data(), 1, bytes.size(), pipe))
    out.out.append(bytes.data(), size);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) out.status = WEXITSTATUS(status);
  return out;
}

std::string library() {
  for (const auto& line : base::lines(run("ldd $(command -v gnutls-cli)").out))
    if (const auto words = base::words(line);
        words.size() > 2 && words[0].starts_with("libgnutls.so"))
      return words[2];
  return {};
}

class GnutlsPreflight : public ::testing::Test {
 protected:
  void SetUp() override {
    if (library_.empty()) GTEST_SKIP() << "gnutls-cli is not installed";
  }

  Ran asked(const std::string& kind, const std::string& value) const {
    return run("'" TLSPOLICY_PREFLIGHT "' " + library_ + " " + kind + " '" + value + "'");
  }
  std::string answer(const std::string& kind, const std::string& value) const {
    const auto ran = asked(kind, value);
    EXPECT_EQ(ran.status, 0) << kind << " " << value << ": " << ran.out;
    return std::string(base::trim(ran.out));
  }

  std::string library_ = library();
};

const std::string kGood =
    "NONE:+VERS-TLS1.3:+VERS-TLS1.2:+ECDHE-RSA:+AES-128-GCM:+AEAD:+GROUP-X25519:"
    "+SIGN-RSA-PSS-RSAE-SHA256:+COMP-NULL:+CTYPE-X509";

// Without a signature GnuTLS drops TLS 1.2 and says nothing.
const std::string kUnsigned = "NONE:+VERS-TLS1.2:+VERS-TLS1.0:+RSA:+AES-128-CBC:+SHA1";

// What gnutls-cli lists: "Protocols: VERS-TLS1.3, VERS-TLS1.2" without the prefixes, and suites as
// "c02f" by "whether TLS 1.3".
struct Listed {
  std::map<std::string, std::string> lines;
  std::map<bool, std::string> suites;
};

Listed listed(const std::string& priority) {
  Listed out;
  for (const auto& line : base::lines(run("gnutls-cli --list --priority '" + priority + "'").out)) {
    unsigned high = 0, low = 0;
    const auto code = line.find("\t0x");
    if (code != std::string::npos &&
        sscanf(line.c_str() + code, "\t0x%2x, 0x%2x", &high, &low) == 2) {
      std::array<char, 8> hex{};
      std::snprintf(hex.data(), hex.size(), "%02x%02x", high, low);
      auto& list = out.suites[line.find("TLS1.3") != std::string::npos];
      list += (list.empty() ? "" : ",") + std::string(hex.data());
    } else if (const auto colon = line.find(": "); colon != std::string::npos) {
      auto value = base::replace_all(line.substr(colon + 2), ", ", ",");
      for (const auto* prefix : {"VERS-", "GROUP-", "SIGN-"})
        value = base::replace_all(value, prefix, "");
      out.lines[line.substr(0, colon)] = value == "none" ? "" : value;
    }
  }
  return out;
}

TEST_F(GnutlsPreflight, SaysTheVersionOfTheLibraryThatItLoaded) {
  EXPECT_THAT(run("gnutls-cli --version").out, HasSubstr(" " + answer("version", "") + "\n"));
}

TEST_F(GnutlsPreflight, ReadsPriorityStringsAsGnutlsCliDoes) {
  for (const std::string value :
       {"NORMAL", "SECURE128:-VERS-TLS1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.3", "PFS:-AES-128-CBC",
        "NORMAL:-SIGN-ALL:+SIGN-RSA-SHA256:-GROUP-ALL:+GROUP-SECP384R1", "SUITEB128", "LEGACY"}) {
    const auto oracle = listed(value);
    EXPECT_EQ(answer("priority-protocols", value), oracle.lines.at("Protocols")) << value;
    EXPECT_EQ(answer("priority-groups", value), oracle.lines.at("Groups")) << value;
    EXPECT_EQ(answer("priority-schemes", value), oracle.lines.at("PK-signatures")) << value;
    for (const bool tls13 : {false, true}) {
      const auto found = oracle.suites.find(tls13);
      EXPECT_EQ(answer(tls13 ? "priority-tls13_suites" : "priority-suites", value),
                found == oracle.suites.end() ? "" : found->second)
          << value;
    }
  }
  EXPECT_EQ(answer("priority-order", "NORMAL"), "client");
  EXPECT_EQ(answer("priority-order", "NORMAL:%SERVER_PRECEDENCE"), "server");
}

TEST_F(GnutlsPreflight, TakesAStringWhoseEveryWordCounts) {
  EXPECT_EQ(answer("priority", kGood), "");
  EXPECT_EQ(answer("word", "GROUP-X25519"), "");
}

TEST_F(GnutlsPreflight, SaysNoToWordsThatTheLibraryDoesNotKnowOrDropsInSilence) {
  for (const std::string& value :
       {std::string("NONSENSE"), kGood + ":+GROUP-NOSUCH", kGood + ":+NOSUCH", kUnsigned}) {
    const auto ran = asked("priority", value);
    EXPECT_EQ(ran.status, 1) << value << ran.out;
    EXPECT_NE(base::trim(ran.out), "") << value;
  }
  EXPECT_THAT(asked("priority", kUnsigned).out, HasSubstr("\"+VERS-TLS1.2\" comes to nothing"));
  EXPECT_EQ(asked("word", "GROUP-NOSUCH").status, 1);
}

TEST_F(GnutlsPreflight, SaysNoWhereTheSystemsConfigurationDisablesAWord) {
  const std::string off =
      "printf '[overrides]\\ndisabled-version = tls1.2\\n' >off.conf; "
      "GNUTLS_SYSTEM_PRIORITY_FILE=off.conf '" TLSPOLICY_PREFLIGHT "' ";
  const std::string folder(base::trim(run("mktemp -d").out));
  const auto ran = run("cd " + folder + "; " + off + library_ + " priority '" + kGood + "'");
  run("rm -r " + folder);
  EXPECT_EQ(ran.status, 1) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("\"+VERS-TLS1.2\" comes to nothing"));
}

TEST_F(GnutlsPreflight, AnswersOneLibrarysQuestionsOnly) {
  EXPECT_EQ(asked("suites", "HIGH").status, 1);
  EXPECT_THAT(run("printf 'version\\npriority\\npriority NORMAL\\n' | '" TLSPOLICY_PREFLIGHT "' " +
                  library_)
                  .out,
              StartsWith("ok 3."));
}

}  // namespace
}  // namespace tlspolicy
