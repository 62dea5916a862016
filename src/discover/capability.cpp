// SPDX-License-Identifier: Apache-2.0
// What the installed program and the library that it loads can say; see parts.hpp.
//
// Never judged by a distribution's name: the library file is found through the running process or
// the dynamic linker, and is asked itself, in a child that loads that very file.
#include <fmt/format.h>

#include "base/text.hpp"
#include "dialect/gnutls.hpp"
#include "dialect/openssl.hpp"
#include "discover/parts.hpp"
#include "service/facts.hpp"

namespace tlspolicy::discover {
namespace {

// A library as the linker names it, and whose words it speaks.
constexpr std::pair<std::string_view, std::string_view> kLibraries[] = {{"libgnutls", "gnutls"},
                                                                        {"libssl", "openssl"}};

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
                           const std::string& main, const std::string& name,
                           service::Instance& instance) {
  for (const auto& line : base::lines(of_process(host, main, "maps"))) {
    const auto slash = line.find('/');
    if (slash == std::string::npos) continue;
    const std::string path = line.substr(slash);
    if (path.find("/" + name + ".so") == std::string::npos) continue;
    if (path.ends_with(" (deleted)")) {
      instance.notes.push_back(
          fmt::format("the running {} still uses an older {} that an upgrade replaced; restart it",
                      manifest.title, name));
      return {};
    }
    // The kernel may name it as seen from outside a container or chroot.
    return host.real_path(path) ? path : std::string();
  }
  return {};
}

struct Linked {
  std::string name, path;
};

// The first of these libraries that the dynamic linker lists.  It lists what the program itself
// names before what its libraries bring (ld.so(8): breadth first), so that of two TLS libraries in
// one program (exim's database clients) the program's own is found.
Linked linked_library(host::Host& host, const service::Manifest& manifest,
                      const service::Instance& instance) {
  const auto names = libraries_of(manifest);
  const auto listed = run(host, instance, {"ldd", manifest.library_file}, 10);
  if (!listed) return {manifest.library_name, {}};
  for (const auto& line : base::lines(listed->out)) {
    const auto words = base::words(line);
    for (const auto& name : names)
      if (words.size() >= 3 && words[0].starts_with(name + ".so")) return {name, words[2]};
  }
  return {manifest.library_name, {}};
}

}  // namespace

std::vector<std::string> libraries_of(const service::Manifest& manifest) {
  if (!manifest.library_name.empty()) return {manifest.library_name};
  std::vector<std::string> out;
  for (const auto& [name, dialect] : kLibraries) out.emplace_back(name);
  return out;
}

std::string dialect_of_library(std::string_view name) {
  for (const auto& [known, dialect] : kLibraries)
    if (known == name) return std::string(dialect);
  return {};
}

std::vector<std::string> answers(host::Host& host, const Options& options,
                                 service::Instance& instance,
                                 const std::vector<std::string>& questions) {
  const auto& library = instance.capability.library_path;
  const auto finished =
      run(host, instance, {options.preflight, library}, 30, base::join(questions, "\n") + "\n");
  auto said = finished ? base::lines(finished->out) : std::vector<std::string>{};
  if (said.size() == questions.size()) return said;
  // Without what it can say, a plan would be made as for a library that can hardly anything.
  const auto words = finished ? base::trim(finished->err) : std::string_view();
  instance.unfit = Error{"library-silent",
                         fmt::format("the library that it loads did not answer what it can{}{}",
                                     words.empty() ? "" : ": ", words),
                         library,
                         fmt::format("see what `{} {}` says when it is given the line: version",
                                     options.preflight, library)};
  return {};
}

bool is_ok(const std::string& answer) { return answer == "ok" || answer.starts_with("ok "); }

void find_versions(host::Host& host, const service::Manifest& manifest, const std::string& main,
                   service::Instance& instance) {
  if (!host.is_live()) return read_package_versions(host, manifest, instance);
  if (const auto shown = run(host, instance, manifest.version_command, 10))
    instance.capability.program_version =
        version_in(shown->out + shown->err, manifest.version_after);
  const auto linked = linked_library(host, manifest, instance);
  instance.capability.library = dialect_of_library(linked.name);
  if (!linked.name.empty())
    instance.capability.library_path = mapped_library(host, manifest, main, linked.name, instance);
  if (instance.capability.library_path.empty()) instance.capability.library_path = linked.path;
}

void ask_library(host::Host& host, const service::Manifest& manifest, const Options& options,
                 const std::vector<config::Source>& settings, service::Instance& instance) {
  auto& can = instance.capability;
  if (can.library_path.empty()) return;
  // What is asked, and where the words go that the library takes.
  struct Asked {
    std::string question, word;
    std::vector<std::string>* known;
  };
  std::vector<Asked> asked;
  const auto ask = [&](const char* kind, const std::vector<std::string>& words,
                       std::vector<std::string>& known) {
    for (const auto& word : words) {
      // TLS 1.3 suites have a setting of their own; a cipher string never knows them.
      const bool tls13 = word.starts_with("TLS_");
      asked.push_back({fmt::format("{} {}", tls13 ? "ciphersuites" : kind, word), word, &known});
    }
  };
  if (service::dialect_of(manifest, can) == "gnutls") {
    ask("word", dialect::gnutls::all_words(), can.words);
  } else {
    ask("suites", dialect::openssl::all_suite_words(), can.suites);
    ask("groups", dialect::openssl::all_group_words(), can.groups);
    ask("schemes", dialect::openssl::all_scheme_words(), can.schemes);
  }
  std::vector<std::string> questions{"version"};
  for (const auto& one : asked) questions.push_back(one.question);
  const auto said = answers(host, options, instance, questions);
  if (said.empty()) return;
  if (is_ok(said[0]) && said[0].size() > 3) can.library_version = said[0].substr(3);
  for (std::size_t i = 0; i < asked.size(); ++i)
    if (is_ok(said[i + 1])) asked[i].known->push_back(asked[i].word);
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
