// SPDX-License-Identifier: Apache-2.0
// Reads a command line as getopt(3) does; see arguments.hpp.
#include "service/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace tlspolicy::service {
namespace {

struct Option {
  char letter;
  std::string word;
};

// Letters may stand together, the word of the last one behind it or by itself: "-De -oA=b -f FILE".
std::vector<Option> options_in(std::string_view command_line, std::string_view taking) {
  std::string line(command_line);
  std::ranges::replace(line, '\0', ' ');
  const auto words = base::words(line);
  std::vector<Option> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (word.size() < 2 || word[0] != '-' || word[1] == '-') continue;
    for (std::size_t at = 1; at < word.size(); ++at) {
      if (taking.find(word[at]) == std::string_view::npos) continue;
      const bool behind = at + 1 < word.size();
      const bool next = !behind && i + 1 < words.size();
      out.push_back({word[at], behind ? word.substr(at + 1) : next ? words[++i] : ""});
      break;
    }
  }
  return out;
}

bool is(const Option& option, const std::string& letter) {
  return letter.size() == 1 && option.letter == letter.front();
}

// "Ciphers=aes128-ctr"; where blanks were in between, the key alone.
std::string key_of(const std::string& word) { return word.substr(0, word.find_first_of("= \t")); }

}  // namespace

std::optional<Error> over_the_files(const Manifest& manifest, std::string_view root_file,
                                    std::string_view command_line, std::string_view set_in) {
  const auto& rules = manifest.arguments;
  for (const auto& option : options_in(command_line, rules.taking)) {
    const auto said = fmt::format("-{} {}", option.letter, option.word);
    if (is(option, rules.file) && option.word != root_file)
      return Error{"other-configuration",
                   fmt::format("it runs with {}: it does not read {}", said, root_file),
                   std::string(set_in),
                   "take it out there and restart the service, or move the settings to its usual "
                   "file; tlspolicy leaves it alone until then"};
    const bool wins = is(option, rules.setting) &&
                      std::ranges::any_of(manifest.overrides, [&](const Override& one) {
                        return value_of(one.key, key_of(option.word), {}).has_value();
                      });
    if (wins)
      return Error{"command-line-wins",
                   fmt::format("it runs with {}, which wins over every file", said),
                   std::string(set_in),
                   fmt::format("write it into {} instead and restart the service; tlspolicy leaves "
                               "it alone until then",
                               root_file)};
  }
  return std::nullopt;
}

}  // namespace tlspolicy::service
