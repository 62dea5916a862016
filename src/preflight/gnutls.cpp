// SPDX-License-Identifier: Apache-2.0
// Loading a libgnutls and asking it; see gnutls.hpp.
//
// GnuTLS manual, "Priority strings"; what a string allows is listed by gnutls_priority_*_list() and
// gnutls_priority_get_cipher_suite_index(), as gnutls-cli --list does it.
#include "preflight/gnutls.hpp"

#include <dlfcn.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace tlspolicy::preflight {
namespace {
constexpr int kUnknownSuite = -21;  // GNUTLS_E_UNKNOWN_CIPHER_SUITE: this one is left out
constexpr unsigned kTls13 = 5;      // GNUTLS_TLS1_3

constexpr std::string_view kGnutlsKinds =
    "version word priority priority-protocols priority-suites priority-tls13_suites "
    "priority-groups priority-schemes priority-order";

template <class Function>
bool find(void* handle, Function*& function, const char* name, std::string& missing) {
  function = reinterpret_cast<Function*>(dlsym(handle, name));
  if (!function && missing.empty()) missing = name;
  return function != nullptr;
}

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(':', at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::any_of(
      names, [&](const std::string& one) { return strcasecmp(one.c_str(), name.c_str()) == 0; });
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out.append(out.empty() ? "" : ",").append(name);
  return out;
}
}  // namespace

bool Gnutls::is_one(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  return handle && dlsym(handle, "gnutls_priority_init");
}

std::unique_ptr<Gnutls> Gnutls::load(const std::string& path, std::string& problem) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  auto out = std::make_unique<Gnutls>();
  std::string missing;
  const auto named = [&](Named& kind, const char* list, const char* name) {
    find(handle, kind.list, list, missing);
    find(handle, kind.name, name, missing);
  };
  find(handle, out->init_, "gnutls_priority_init", missing);
  find(handle, out->free_, "gnutls_priority_deinit", missing);
  find(handle, out->error_, "gnutls_strerror", missing);
  find(handle, out->version_, "gnutls_check_version", missing);
  find(handle, out->suite_index_, "gnutls_priority_get_cipher_suite_index", missing);
  find(handle, out->suite_info_, "gnutls_cipher_suite_info", missing);
  named(out->protocols_, "gnutls_priority_protocol_list", "gnutls_protocol_get_name");
  named(out->ciphers_, "gnutls_priority_cipher_list", "gnutls_cipher_get_name");
  named(out->exchanges_, "gnutls_priority_kx_list", "gnutls_kx_get_name");
  named(out->macs_, "gnutls_priority_mac_list", "gnutls_mac_get_name");
  named(out->groups_, "gnutls_priority_group_list", "gnutls_group_get_name");
  named(out->schemes_, "gnutls_priority_sign_list", "gnutls_sign_get_name");
  if (missing.empty()) return out;
  problem = path + " is no libgnutls of 3.6 or newer: it has no " + missing;
  return nullptr;
}

std::string Gnutls::kinds() { return std::string(kGnutlsKinds); }

Gnutls::Handle Gnutls::read(const std::string& priority, std::string& problem) const {
  GnutlsPriority* out = nullptr;
  const char* at = nullptr;
  const int status = init_(&out, priority.c_str(), &at);
  if (status == 0) return {out, free_};
  problem = error_(status);
  if (at && *at) problem.append(" (at \"").append(at).append("\")");
  return {nullptr, free_};
}

std::vector<std::string> Gnutls::names(const Handle& priority, const Named& kind) const {
  const unsigned* items = nullptr;
  const int size = kind.list(priority.get(), &items);
  std::vector<std::string> out;
  for (int i = 0; i < size; ++i)
    if (const char* name = kind.name(items[i])) out.emplace_back(name);
  return out;
}

// "c02f,c030": what would be negotiated, in order.
std::string Gnutls::suites(const Handle& priority, bool tls13) const {
  std::string out;
  for (unsigned at = 0, index = 0;; ++at) {
    const int status = suite_index_(priority.get(), at, &index);
    if (status == kUnknownSuite) continue;
    if (status != 0) return out;
    std::array<unsigned char, 2> code{};
    unsigned version = 0;
    if (!suite_info_(index, code.data(), nullptr, nullptr, nullptr, &version)) continue;
    if ((version == kTls13) != tls13) continue;
    std::array<char, 8> hex{};
    std::snprintf(hex.data(), hex.size(), "%02x%02x", code[0], code[1]);
    out.append(out.empty() ? "" : ",").append(hex.data());
  }
}

// GnuTLS takes a string of which a part, or all, comes to nothing: a word that the system's
// configuration has disabled, versions without a signature.  Here each word must count.
Answer Gnutls::ask_priority(const std::string& value) const {
  std::string problem;
  const auto priority = read(value, problem);
  if (!priority) return {false, problem};
  const std::pair<std::string_view, const Named*> prefixed[] = {
      {"VERS-", &protocols_}, {"GROUP-", &groups_}, {"SIGN-", &schemes_}};
  std::vector<std::string> plain;
  for (const auto* kind : {&ciphers_, &exchanges_, &macs_})
    for (auto& name : names(priority, *kind)) plain.push_back(std::move(name));
  for (const auto& word : words(value)) {
    if (word[0] != '+' || word.starts_with("+CTYPE-") || word.starts_with("+COMP-")) continue;
    auto known = plain;
    std::string name = word.substr(1);
    for (const auto& [prefix, kind] : prefixed)
      if (name.starts_with(prefix)) {
        known = names(priority, *kind);
        name.erase(0, prefix.size());
        break;
      }
    if (!contains(known, name)) return {false, "\"" + word + "\" comes to nothing"};
  }
  if (suites(priority, false).empty() && suites(priority, true).empty())
    return {false, "it allows no suite"};
  return {true, {}};
}

Answer Gnutls::ask_part(std::string_view part, const std::string& value) const {
  std::string problem;
  const auto priority = read(value, problem);
  if (!priority) return {false, problem};
  if (part == "protocols") return {true, joined(names(priority, protocols_))};
  if (part == "suites") return {true, suites(priority, false)};
  if (part == "tls13_suites") return {true, suites(priority, true)};
  if (part == "groups") return {true, joined(names(priority, groups_))};
  if (part == "schemes") return {true, joined(names(priority, schemes_))};
  const auto all = words(value);
  return {true, contains(all, "%SERVER_PRECEDENCE") ? "server" : "client"};
}

Answer Gnutls::ask(std::string_view kind, const std::string& value) const {
  const auto asked = " " + std::string(kind) + " ";
  if (kind.empty() || (" " + kinds() + " ").find(asked) == std::string::npos)
    return {false, "no such kind of question"};
  if (kind == "version") return {true, version_(nullptr)};
  if (value.find('\0') != std::string::npos) return {false, "a NUL byte"};
  if (value.empty()) return {false, "no value"};
  if (kind == "priority") return ask_priority(value);
  if (kind == "word") return ask_priority("NORMAL:+" + value);
  return ask_part(kind.substr(std::string_view("priority-").size()), value);
}

}  // namespace tlspolicy::preflight
