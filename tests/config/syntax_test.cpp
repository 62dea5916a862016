// SPDX-License-Identifier: Apache-2.0
// Every syntax over a folder of odd files: what is read (golden), that nothing is lost (tiling,
// set aside and back), and the same over random mixtures of those files.
//
// TLSPOLICY_ACCEPT=1 writes the golden files anew; look at the difference before you commit it.
#include "config/syntax.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "base/text.hpp"
#include "config/properties.hpp"

namespace tlspolicy::config {
namespace {
namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const fs::path kFiles = fs::path(TLSPOLICY_SOURCE) / "tests/config/files";

struct Row {
  std::string name;
  Pieces pieces;
  bool writes = true;  // whole lines of ours go into such files
};

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<fs::path> files_of(const std::string& syntax) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(kFiles / syntax))
    if (entry.path().extension() == ".conf") out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

// Long words shortened, bytes that an editor would not show written as \xNN.
std::string shown(const std::string& word) {
  std::string out;
  for (const unsigned char c : word.substr(0, 60)) {
    constexpr std::string_view kHex = "0123456789abcdef";
    if (c < ' ')
      out.append("\\x").append(1, kHex[c / 16]).append(1, kHex[c % 16]);
    else
      out += static_cast<char>(c);
  }
  return word.size() > 60 ? out + "…(" + std::to_string(word.size()) + " bytes)" : out;
}

std::string described(const Parsed& parsed) {
  std::ostringstream out;
  for (const auto& setting : parsed.settings) {
    out << setting.line << "-" << setting.last_line << " ";
    for (const auto& scope : setting.scopes)
      out << "<" << scope.kind << " " << scope.argument << " @" << scope.line << "> ";
    out << shown(setting.key);
    for (const auto& arg : setting.args) out << " [" << shown(arg) << "]";
    out << "\n";
  }
  for (const auto& unread : parsed.unread)
    out << "unread " << unread.line << ": " << shown(unread.text) << ": " << unread.why << "\n";
  return out.str();
}

class EverySyntax : public ::testing::TestWithParam<Row> {
 protected:
  const Syntax& syntax() const { return *syntax_named(GetParam().name); }
};

TEST_P(EverySyntax, ReadsTheOddFilesAsTheGoldenFilesSay) {
  const auto files = files_of(GetParam().name);
  ASSERT_GE(files.size(), 12U);
  for (const auto& file : files) {
    const auto got = described(syntax().parse(slurp(file)));
    const auto golden = fs::path(file).replace_extension(".expected");
    if (std::getenv("TLSPOLICY_ACCEPT")) std::ofstream(golden, std::ios::binary) << got;
    ASSERT_TRUE(fs::exists(golden)) << golden;
    EXPECT_EQ(got, slurp(golden)) << file;
  }
}

TEST_P(EverySyntax, TilesItsFilesAndGivesEveryByteBack) {
  for (const auto& file : files_of(GetParam().name)) {
    const auto text = slurp(file);
    for (const auto choice : {0ULL, ~0ULL, 1ULL, 2ULL, 4ULL, 0x5555'5555'5555'5555ULL})
      EXPECT_EQ(broken(syntax(), GetParam().pieces, text, choice), "") << file;
  }
}

// Lines and bytes of the odd files, shuffled, cut, doubled and overwritten.
std::string mixture(const std::vector<std::string>& texts, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return random() % std::max<std::size_t>(n, 1); };
  std::string out;
  for (std::size_t n = below(12); n > 0; --n) {
    const auto& text = texts[below(texts.size())];
    const auto at = below(text.size());
    out += text.substr(at, below(80));
    if (below(2)) out += '\n';
  }
  constexpr std::string_view kOdd("\\\n\r\t\"'#<>/= \0\xEF", 14);
  for (std::size_t n = below(8); n > 0 && !out.empty(); --n)
    out[below(out.size())] = kOdd[below(kOdd.size())];
  return out;
}

TEST_P(EverySyntax, KeepsItsPropertiesOverRandomMixtures) {
  std::vector<std::string> texts;
  for (const auto& file : files_of(GetParam().name)) texts.push_back(slurp(file));
  std::mt19937 random(20261101);
  std::size_t settings = 0;
  for (int i = 0; i < 5'000; ++i) {
    const auto text = mixture(texts, random);
    const auto choice = (static_cast<unsigned long long>(random()) << 32) | random();
    settings += syntax().parse(text).settings.size();
    ASSERT_EQ(broken(syntax(), GetParam().pieces, text, choice), "") << "round " << i << "\n"
                                                                     << text;
  }
  EXPECT_GT(settings, 5'000U);  // else the mixtures were too broken to tell anything
}

TEST_P(EverySyntax, WritesLinesThatItReadsBackWordForWord) {
  if (!GetParam().writes) return;
  std::mt19937 random(7);
  constexpr std::string_view kBytes = "aB1:!+-,@=#\"'\\\\ \t\n/.";
  for (int i = 0; i < 5'000; ++i) {
    std::string value = "v";
    for (auto n = random() % 12; n > 0; --n) value += kBytes[random() % kBytes.size()];
    std::shuffle(value.begin(), value.end(), random);
    const auto line = syntax().line("Key", value);
    const auto parsed = syntax().parse(line + "\n" + syntax().line("Next", "1") + "\n");
    ASSERT_EQ(parsed.settings.size(), 2U) << line;
    EXPECT_EQ(parsed.settings[0].args, base::words(value)) << line;
    EXPECT_THAT(parsed.unread, IsEmpty()) << line;
  }
}

TEST_P(EverySyntax, PutsBlocksInTheFilesOwnLineEnds) {
  if (!GetParam().writes) return;
  EXPECT_EQ(with_block_first("A 1\r\nB 2\r\n", "C 3\nD 4"), "C 3\r\nD 4\r\nA 1\r\nB 2\r\n");
  EXPECT_EQ(with_block_last("A 1\nB 2", "C 3\n"), "A 1\nB 2\nC 3\n");
  EXPECT_EQ(with_block_last("A 1\r\nB 2", "C 3"), "A 1\r\nB 2\r\nC 3\r\n");
  EXPECT_EQ(with_block_last("", "C 3\n"), "C 3\n");
  EXPECT_EQ(with_block_first("", ""), "");
  for (const std::string end : {"", "\n", "\\", "\\\n", "\\\\", "\\\\\n", "\\\r\n", "\n\\\n"}) {
    const auto block = syntax().line("Ours", "3") + "\n";
    const auto last =
        syntax().parse(with_block_last(syntax().line("A", "1") + end, block)).settings;
    ASSERT_FALSE(last.empty());
    EXPECT_EQ(last.back().key, "Ours") << end;  // not swallowed as a continuation
  }
}

INSTANTIATE_TEST_SUITE_P(Config, EverySyntax,
                         ::testing::Values(Row{"apache", apache_pieces}, Row{"sshd", sshd_pieces},
                                           Row{"dovecot", dovecot_pieces},
                                           Row{"maincf", postfix_pieces},
                                           Row{"mastercf", postfix_pieces, false},
                                           Row{"exim", exim_pieces}),
                         [](const auto& row) { return row.param.name; });

TEST(Syntaxes, AreFoundByNameOnly) {
  EXPECT_EQ(syntax_named("apache")->name, "apache");
  EXPECT_EQ(syntax_named("Apache"), nullptr);
  EXPECT_EQ(syntax_named(""), nullptr);
}

TEST(SettingAside, SaysItOnEveryLineAndNothingElse) {
  const auto& apache = *syntax_named("apache");
  const std::string text = "A 1\n  SSLProtocol all \\\n    -SSLv3\nB 2\n";
  const auto settings = apache.parse(text).settings;
  EXPECT_EQ(apache.set_aside(text, {settings[1], settings[1]}),
            "A 1\n#tlspolicy set aside#   SSLProtocol all \\\n"
            "#tlspolicy set aside#     -SSLv3\nB 2\n");
}

TEST(ApacheSyntax, QuotesWhatWouldElseBeReadDifferently) {
  const auto& apache = *syntax_named("apache");
  EXPECT_EQ(apache.line("SSLOpenSSLConfCmd", "Groups X25519"), "SSLOpenSSLConfCmd Groups X25519");
  EXPECT_EQ(apache.line("SSLCipherSuite", "'x\\"), "SSLCipherSuite \"'x\\\\\"");
  EXPECT_EQ(syntax_named("sshd")->line("Ciphers", "#a"), "Ciphers \"#a\"");
}

}  // namespace
}  // namespace tlspolicy::config
