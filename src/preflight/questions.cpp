// SPDX-License-Identifier: Apache-2.0
// One function for each kind of question; see questions.hpp.
//
// Manual pages: openssl-ciphers(1) for cipher strings, SSL_CTX_set1_groups_list(3),
// SSL_CTX_set1_sigalgs_list(3), SSL_CONF_cmd(3).
#include "preflight/questions.hpp"

#include <strings.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace tlspolicy::preflight {
namespace {
// From OpenSSL's headers; these numbers are part of its binary interface.
constexpr int kCtrlSetGroupsList = 92;   // SSL_CTRL_SET_GROUPS_LIST
constexpr int kCtrlSetSigalgsList = 98;  // SSL_CTRL_SET_SIGALGS_LIST
constexpr unsigned kConfFile = 0x02;     // SSL_CONF_FLAG_FILE
constexpr unsigned kConfServer = 0x08;   // SSL_CONF_FLAG_SERVER
constexpr unsigned kConfShowErrors = 0x10;
constexpr unsigned kConfCertificate = 0x20;  // the three that httpd sets for SSLOpenSSLConfCmd

std::vector<std::string> split(const std::string& text, std::string_view separators) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of(separators, at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

Answer no(const Library& library, const std::string& instead) {
  const auto said = library.errors();
  return {false, said.empty() ? instead : said};
}

// "c02f,c030": what the context would negotiate, in order.
std::string code_points(const Library& library, const SslContext* context, bool tls13) {
  const auto& f = library.functions();
  const auto* stack = f.get_ciphers(context);
  std::string out;
  for (int i = 0; stack && i < f.stack_num(stack); ++i) {
    const auto* cipher = f.stack_value(stack, i);
    if ((std::strcmp(f.cipher_version(cipher), "TLSv1.3") == 0) != tls13) continue;
    std::array<char, 8> hex{};
    std::snprintf(hex.data(), hex.size(), "%04x", f.cipher_code_point(cipher));
    out.append(out.empty() ? "" : ",").append(hex.data());
  }
  return out;
}

Answer read_suites(const Library& library, const std::string& value) {
  const auto context = library.new_context();
  if (library.functions().set_cipher_list(context.get(), value.c_str()) != 1)
    return no(library, "refused");
  return {true, code_points(library, context.get(), false)};
}

Answer read_ciphersuites(const Library& library, const std::string& value) {
  const auto context = library.new_context();
  if (library.functions().set_ciphersuites(context.get(), value.c_str()) != 1)
    return no(library, "refused");
  return {true, code_points(library, context.get(), true)};
}

Answer read_list(const Library& library, int command, const std::string& value) {
  const auto context = library.new_context();
  std::string copy = value;  // the interface takes a pointer to non-const
  if (library.functions().context_ctrl(context.get(), command, 0, copy.data()) != 1)
    return no(library, "refused");
  return {true, {}};
}

Answer read_schemes(const Library& library, const std::string& value) {
  return read_list(library, kCtrlSetSigalgsList, value);
}

using Read = Answer (*)(const Library&, const std::string&);

// The first word that means nothing to the library by itself; operators and commands only shape
// what the words before them brought, and a "?" says that an unknown word is meant to be skipped.
std::string unknown_word(const Library& library, const std::string& value,
                         std::string_view separators, Read read, bool must_bring) {
  for (const auto& word : split(value, separators)) {
    if (std::strchr("!-+@?", word[0])) continue;
    const auto alone = read(library, word);
    if (!alone.ok || (must_bring && alone.text.empty())) return word;
  }
  return {};
}

Answer strictly(const Library& library, const std::string& value, std::string_view separators,
                Read read, bool must_bring) {
  auto out = read(library, value);
  if (!out.ok) return out;
  const auto word = unknown_word(library, value, separators, read, must_bring);
  if (!word.empty()) return {false, "the library does not know \"" + word + "\""};
  return out;
}

Answer ask_suites(const Library& library, const std::string& value) {
  return strictly(library, value, ": ;,", read_suites, true);
}

Answer ask_ciphersuites(const Library& library, const std::string& value) {
  return strictly(library, value, ": ", read_ciphersuites, true);
}

Answer ask_groups(const Library& library, const std::string& value) {
  return read_list(library, kCtrlSetGroupsList, value);
}

Answer ask_schemes(const Library& library, const std::string& value) {
  return strictly(library, value, ": ", read_schemes, false);
}

Answer run_command(const Library& library, const std::string& command, const std::string& value) {
  const auto& f = library.functions();
  const auto context = library.new_context();
  const std::unique_ptr<ConfContext, void (*)(ConfContext*)> conf(f.conf_new(), f.conf_free);
  f.conf_set_flags(conf.get(), kConfFile | kConfServer | kConfShowErrors | kConfCertificate);
  f.conf_set_context(conf.get(), context.get());
  const int status = f.conf_command(conf.get(), command.c_str(), value.c_str());
  if (status == -2) return no(library, "no such command");
  if (status == -3) return no(library, "the command needs a value");
  if (status <= 0) return no(library, "refused");
  if (f.conf_finish(conf.get()) != 1) return no(library, "refused at the end");
  return {true, {}};
}

Answer ask_protocol(const Library& library, const std::string& value) {
  return run_command(library, "MinProtocol", value);
}

bool same_command(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// "CMD VALUE".  Lists get the same strict reading as the questions about them.
Answer ask_conf(const Library& library, const std::string& value) {
  const auto blank = value.find(' ');
  const auto command = value.substr(0, blank);
  const auto rest = blank == std::string::npos ? std::string{} : value.substr(blank + 1);
  auto out = run_command(library, command, rest);
  if (!out.ok) return out;
  if (same_command(command, "CipherString")) return ask_suites(library, rest);
  if (same_command(command, "Ciphersuites")) return ask_ciphersuites(library, rest);
  if (same_command(command, "SignatureAlgorithms") ||
      same_command(command, "ClientSignatureAlgorithms"))
    return ask_schemes(library, rest);
  return out;
}

// "3.0.22" of "OpenSSL 3.0.22 25 Aug 2026".
Answer ask_version(const Library& library, const std::string&) {
  const auto words = split(library.functions().version(0), " ");
  if (words.size() < 2) return {false, "a version that is not like OpenSSL's"};
  return {true, words[1]};
}

struct Kind {
  std::string_view name;
  Answer (*ask)(const Library&, const std::string& value);
  bool needs_value;
};

constexpr std::array kKinds{
    Kind{"version", ask_version, false},
    Kind{"suites", ask_suites, true},
    Kind{"suites-leniently", read_suites, true},  // as the service itself would read it
    Kind{"ciphersuites", ask_ciphersuites, true},
    Kind{"groups", ask_groups, true},
    Kind{"schemes", ask_schemes, true},
    Kind{"protocol", ask_protocol, true},
    Kind{"conf", ask_conf, true},
};
}  // namespace

Answer ask(const Library& library, std::string_view kind, const std::string& value) {
  for (const auto& one : kKinds) {
    if (one.name != kind) continue;
    if (value.find('\0') != std::string::npos) return {false, "a NUL byte"};
    if (one.needs_value && value.empty()) return {false, "no value"};
    return one.ask(library, value);
  }
  return {false, "no such kind of question"};
}

std::string kinds() {
  std::string out;
  for (const auto& one : kKinds) out.append(out.empty() ? "" : " ").append(one.name);
  return out;
}

}  // namespace tlspolicy::preflight
