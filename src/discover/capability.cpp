// SPDX-License-Identifier: Apache-2.0
// What the installed program and the library that it loads can say; see parts.hpp.
//
// Never judged by a distribution's name: the library file is found through the running process or
// the dynamic linker, and is asked itself, in a child that loads that very file.
#include <fmt/format.h>

#include "base/text.hpp"
#include "dialect/openssl.hpp"
#include "discover/parts.hpp"
#include "service/facts.hpp"

namespace tlspolicy::discover {
namespace {

// "9.2p1" out of "OpenSSH_9.2p1 Debian-2": what stands behind `mark`, as far as it is a version.
std::string version_in(const std::string& text, const std::string& mark) {
  const auto at = text.find(mark);
  if (at == std::string::npos) return {};
  const auto start = at + mark.size();
  const auto end = text.find_first_not_of("0123456789.p", start);
  return text.substr(start, end == std::string::npos ? end : end - start);
}

// The path of a mapped libssl of the running service; "" where it does not run or maps none.
std::string mapped_library(host::Host& host, const service::Manifest& manifest,
                           service::Instance& instance) {
  const auto unit = instance.vars.find("unit");
  if (!instance.running || unit == instance.vars.end()) return {};
  const auto shown =
      run(host, instance, {"systemctl", "show", "--property=MainPID", "--value", unit->second}, 10);
  if (!shown || shown->status != 0) return {};
  const auto maps = host.read(fmt::format("/proc/{}/maps", base::trim(shown->out)));
  if (!maps) return {};
  for (const auto& line : base::lines(maps->content)) {
    const auto slash = line.find('/');
    if (slash == std::string::npos) continue;
    const std::string path = line.substr(slash);
    if (path.find("/" + manifest.library_name + ".so") == std::string::npos) continue;
    if (path.ends_with(" (deleted)")) {
      instance.notes.push_back(
          fmt::format("the running {} still uses an older {} that an upgrade replaced; restart it",
                      manifest.title, manifest.library_name));
      return {};
    }
    return path;
  }
  return {};
}

std::string linked_library(host::Host& host, const service::Manifest& manifest,
                           const service::Instance& instance) {
  const auto listed = run(host, instance, {"ldd", manifest.library_file}, 10);
  if (!listed) return {};
  for (const auto& line : base::lines(listed->out)) {
    const auto words = base::words(line);
    if (words.size() >= 3 && words[0].starts_with(manifest.library_name + ".so")) return words[2];
  }
  return {};
}

// One question a line; the answers come back in the same order, "ok DETAIL" or "no REASON".
std::vector<std::string> answers(host::Host& host, const Options& options,
                                 const service::Instance& instance,
                                 const std::vector<std::string>& questions) {
  const auto finished = run(host, instance, {options.preflight, instance.capability.library_path},
                            30, base::join(questions, "\n") + "\n");
  return finished ? base::lines(finished->out) : std::vector<std::string>{};
}

bool is_ok(const std::string& answer) { return answer == "ok" || answer.starts_with("ok "); }

std::vector<std::string> neutral_suites(const std::string& detail) {
  std::vector<std::string> out;
  for (const auto& code : base::split(detail, ',')) {
    if (code.empty()) continue;
    const auto number = static_cast<std::uint32_t>(std::strtoul(code.c_str(), nullptr, 16));
    out.push_back(crypto::name(crypto::Suite{number}));
  }
  return out;
}

// Groups and schemes come as the words of the value itself, each of which the library took.
std::vector<std::string> neutral_words(std::string_view question, const std::string& value) {
  std::vector<std::string> out;
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

void read_values(host::Host& host, const service::Manifest& manifest, const Options& options,
                 const std::vector<config::Source>& settings, service::Instance& instance) {
  std::vector<std::string> questions;
  for (const auto& source : settings)
    for (const auto& row : manifest.overrides) {
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
    const std::string question = questions[i].substr(0, space);
    const bool listed = question == "suites" || question == "ciphersuites";
    instance.capability.readings[questions[i]] =
        listed ? neutral_suites(said[i].size() > 3 ? said[i].substr(3) : "")
               : neutral_words(question, questions[i].substr(space + 1));
  }
}

}  // namespace

void find_versions(host::Host& host, const service::Manifest& manifest,
                   service::Instance& instance) {
  if (const auto shown = run(host, instance, manifest.version_command, 10))
    instance.capability.program_version =
        version_in(shown->out + shown->err, manifest.version_after);
  instance.capability.library_path = mapped_library(host, manifest, instance);
  if (instance.capability.library_path.empty())
    instance.capability.library_path = linked_library(host, manifest, instance);
}

void ask_library(host::Host& host, const service::Manifest& manifest, const Options& options,
                 const std::vector<config::Source>& settings, service::Instance& instance) {
  if (instance.capability.library_path.empty()) return;
  const std::vector<std::string> kinds[] = {dialect::openssl::all_suite_words(),
                                            dialect::openssl::all_group_words(),
                                            dialect::openssl::all_scheme_words()};
  const char* const names[] = {"suites", "groups", "schemes"};
  std::vector<std::string>* const known[] = {
      &instance.capability.suites, &instance.capability.groups, &instance.capability.schemes};
  std::vector<std::string> questions{"version"};
  for (int kind = 0; kind < 3; ++kind)
    for (const auto& word : kinds[kind]) {
      // TLS 1.3 suites have a setting of their own; a cipher string never knows them.
      const bool tls13 = kind == 0 && word.starts_with("TLS_");
      questions.push_back(fmt::format("{} {}", tls13 ? "ciphersuites" : names[kind], word));
    }
  const auto said = answers(host, options, instance, questions);
  if (said.size() != questions.size()) {
    instance.notes.push_back(fmt::format("{} did not answer: only its version counts",
                                         instance.capability.library_path));
    return;
  }
  if (is_ok(said[0]) && said[0].size() > 3) instance.capability.library_version = said[0].substr(3);
  std::size_t at = 1;
  for (int kind = 0; kind < 3; ++kind)
    for (const auto& word : kinds[kind])
      if (is_ok(said[at++])) known[kind]->push_back(word);
  read_values(host, manifest, options, settings, instance);
}

void ask_openssh(host::Host& host, service::Instance& instance) {
  const auto list = [&](const char* what) {
    const auto listed = run(host, instance, {"ssh", "-Q", what}, 10);
    return listed && listed->status == 0 ? base::lines(listed->out) : std::vector<std::string>{};
  };
  instance.capability.kex = list("kex");
  instance.capability.ciphers = list("cipher");
  instance.capability.macs = list("mac");
  instance.capability.host_keys = list("key-sig");
  if (instance.capability.host_keys.empty()) instance.capability.host_keys = list("key");
}

}  // namespace tlspolicy::discover
