// SPDX-License-Identifier: Apache-2.0
// Values in a service's configuration as its own library reads them; see parts.hpp.
#include <algorithm>

#include "base/text.hpp"
#include "dialect/gnutls.hpp"
#include "dialect/openssl.hpp"
#include "discover/parts.hpp"
#include "service/facts.hpp"

namespace tlspolicy::discover {
namespace {
using Names = std::vector<std::string>;

Names neutral_suites(const std::string& detail) {
  Names out;
  for (const auto& code : base::split(detail, ',')) {
    if (code.empty()) continue;
    const auto number = static_cast<std::uint32_t>(std::strtoul(code.c_str(), nullptr, 16));
    out.push_back(crypto::name(crypto::Suite{number}));
  }
  return out;
}

// Groups and schemes come as the words of the value itself, each of which the library took.
Names neutral_words(std::string_view question, const std::string& value) {
  Names out;
  for (const auto& word : base::split(value, ':')) {
    if (question == "groups") {
      const auto group = dialect::openssl::group_called(word);
      out.push_back(group ? crypto::name(*group) : word);
    } else {
      const auto scheme = dialect::openssl::scheme_called(word);
      out.push_back(scheme ? crypto::name(*scheme) : word);
    }
  }
  return out;
}

// GnuTLS's own lists of what a priority string allows; protocols oldest first, without DTLS.
Names neutral_list(std::string_view question, const std::string& detail) {
  if (question == "priority-order") return {detail};
  Names out;
  const auto add = [&](const auto& term, const std::string& word) {
    const std::string name = term ? std::string(crypto::name(*term)) : word;
    if (std::ranges::find(out, name) == out.end()) out.push_back(name);
  };
  for (const auto& word : base::split(detail, ',')) {
    if (word.empty() || word.starts_with("DTLS")) continue;
    if (question == "priority-protocols") add(dialect::gnutls::protocol_called(word), word);
    if (question == "priority-groups") add(dialect::gnutls::group_called(word), word);
    if (question == "priority-schemes") add(dialect::gnutls::scheme_called(word), word);
  }
  if (question == "priority-protocols") std::ranges::reverse(out);
  return out;
}

Names neutral(std::string_view question, const std::string& value, const std::string& detail) {
  if (question.ends_with("suites")) return neutral_suites(detail);  // of either library
  if (question.starts_with("priority-")) return neutral_list(question, detail);
  return neutral_words(question, value);
}

// What we set aside is a comment now, and still an administrator's wish: plans start from it.
std::vector<config::Source> with_set_aside(const service::Manifest& manifest,
                                           const service::Instance& instance,
                                           std::vector<config::Source> settings) {
  for (const auto& [path, state] : instance.files) {
    const auto before = config::restore_set_aside(state.content);
    if (before == state.content) continue;
    auto syntax = manifest.syntax;
    for (const auto& one : manifest.also)
      if (service::expand(one.file, instance.vars).value_or("") == path) syntax = one.syntax;
    for (auto& setting : config::syntax_named(syntax)->parse(before).settings)
      settings.push_back({path, std::move(setting)});
  }
  return settings;
}
}  // namespace

void read_values(host::Host& host, const service::Manifest& manifest, const Options& options,
                 const std::vector<config::Source>& found, service::Instance& instance) {
  const auto settings = with_set_aside(manifest, instance, found);
  std::vector<std::string> questions;
  for (const auto& source : settings)
    for (const auto& row : manifest.overrides) {
      if (!row.when.empty() && row.when != service::dialect_of(manifest, instance.capability))
        continue;
      const auto value = service::override_value(manifest, row, source, settings, instance.dump);
      const auto question = value ? service::library_question(row.reads, *value) : "";
      if (!question.empty() && question.find('\n') == std::string::npos)
        questions.push_back(question);
    }
  if (questions.empty()) return;
  const auto said = answers(host, options, instance, questions);
  for (std::size_t i = 0; i < questions.size() && i < said.size(); ++i) {
    if (!is_ok(said[i])) continue;  // the library does not take it: it stays unknown
    const auto space = questions[i].find(' ');
    const auto detail = said[i].size() > 3 ? said[i].substr(3) : std::string();
    instance.capability.readings[questions[i]] =
        neutral(questions[i].substr(0, space), questions[i].substr(space + 1), detail);
  }
}

}  // namespace tlspolicy::discover
