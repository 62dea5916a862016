// SPDX-License-Identifier: Apache-2.0
// R11: measures whether a change makes an endpoint weaker than it is now; see compose.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "apply/compose.hpp"
#include "base/lists.hpp"
#include "base/text.hpp"

namespace tlspolicy::apply {
namespace {
using crypto::Protocol;

template <class List, class Item>
bool has(const List& list, const Item& item) {
  return std::ranges::find(list, item) != list.end();
}

bool is_weak(crypto::Suite suite) {
  const auto* info = crypto::find(suite);
  return !info || !info->forward_secret || !info->aead;
}

bool is_post_quantum(crypto::Group group) {
  const auto* info = crypto::find(group);
  return info && info->post_quantum;
}

// Every group of 112 bits of strength and more is forward secret and sound; only smaller ones
// weaken (NIST SP 800-57 part 1, table 2).
bool is_weak(crypto::Group group) {
  const auto* info = crypto::find(group);
  if (!info) return true;
  return !info->post_quantum && info->bits < (info->elliptic ? 224 : 2048);
}

// An endpoint that cannot be asked (stopped, unreachable) is taken for one with today's defaults,
// so that a stopped service does not hide a weakening.
prove::Now todays_defaults(const prove::TlsExpectation& after) {
  prove::Now out;
  out.protocols = {Protocol::tls12, Protocol::tls13};
  out.groups = after.groups;
  return out;
}

// Upstream: the package's and the administrator's own settings decide again.  What they allow is
// not predicted, so that it is weaker cannot be ruled out.
constexpr std::string_view kUnbound =
    "is no longer held to a policy: what its package and its own files allow counts again";

using Texts = std::vector<std::string>;

Texts compared(const prove::TlsExpectation& after, const prove::Now& now) {
  Texts out;
  const auto say = [&](std::string text) { out.push_back(std::move(text)); };
  for (const auto protocol : after.protocols) {
    // Every suite of TLS 1.3 is forward-secret AEAD (RFC 8446 9.1): to gain it weakens nothing.
    if (protocol == Protocol::tls13) continue;
    if (!has(now.protocols, protocol)) {
      say(fmt::format("gains {}", crypto::name(protocol)));
      continue;  // its suites come with it
    }
    for (const auto suite : after.suites)
      if (is_weak(suite) && crypto::usable_in(suite, protocol) &&
          !has(now.suites, std::pair{protocol, suite}))
        say(fmt::format("gains {} in {}", crypto::name(suite), crypto::name(protocol)));
  }
  for (const auto group : after.groups)
    if (is_weak(group) && !has(now.groups, group))
      say(fmt::format("gains the group {}", crypto::name(group)));
  if (after.groups.empty()) return out;
  for (const auto group : now.groups)
    if (is_post_quantum(group) && !has(after.groups, group))
      say(fmt::format("loses the post-quantum group {}", crypto::name(group)));
  return out;
}

// What was not measured is not worth a line each.
Texts of_one_not_asked(const Texts& found) {
  constexpr std::size_t kNamed = 2;
  if (found.empty()) return {};
  auto text = "could not be asked; against today's defaults it " +
              base::join(base::first_of(found, kNamed), ", ");
  if (found.size() > kNamed) text += fmt::format(" and {} more", found.size() - kNamed);
  return {text};
}

void compare(const prove::Target& target, const prove::TlsExpectation& after, const prove::Now& now,
             std::vector<Weakening>& out) {
  const auto found = after.protocols.empty() ? Texts{std::string(kUnbound)}
                     : now.reachable         ? compared(after, now)
                                     : of_one_not_asked(compared(after, todays_defaults(after)));
  for (const auto& text : found) out.push_back({target.endpoint, text});
}

void compare_ssh(const prove::Target& target, crypto::SshKind kind, const char* what,
                 const std::vector<std::string>& after, const std::vector<std::string>& now,
                 std::vector<Weakening>& out) {
  if (after.empty()) return;
  for (const auto& name : after) {
    const auto* info = crypto::find_ssh(kind, name);
    const bool strong = info && (info->forward_secret_aead || info->post_quantum);
    if (!strong && !has(now, name))
      out.push_back({target.endpoint, fmt::format("gains the {} {}", what, name)});
  }
  for (const auto& name : now) {
    const auto* info = crypto::find_ssh(kind, name);
    if (info && info->post_quantum && !has(after, name))
      out.push_back({target.endpoint, fmt::format("loses the post-quantum {} {}", what, name)});
  }
}

void compare(const prove::Target& target, const prove::SshExpectation& after, const prove::Now& now,
             std::vector<Weakening>& out) {
  if (after == prove::SshExpectation{}) {
    out.push_back({target.endpoint, std::string(kUnbound)});
    return;
  }
  if (!now.ssh) return;  // nothing answers there: SSH lists say nothing about an absent server
  compare_ssh(target, crypto::SshKind::kex, "key exchange", after.kex, now.ssh->kex, out);
  compare_ssh(target, crypto::SshKind::cipher, "cipher", after.ciphers, now.ssh->ciphers_to_client,
              out);
  compare_ssh(target, crypto::SshKind::mac, "MAC", after.macs, now.ssh->macs_to_client, out);
}

}  // namespace

std::vector<prove::NowQuestion> weakening_questions(const std::vector<prove::Target>& after) {
  std::vector<prove::NowQuestion> out;
  for (const auto& target : after) {
    prove::NowQuestion question{target.place, {}, {}, target.client};
    if (const auto* tls = std::get_if<prove::TlsExpectation>(&target.expect)) {
      for (const auto suite : tls->suites)
        if (is_weak(suite)) question.suites.push_back(suite);
      question.groups = tls->groups;
      for (const auto& info : crypto::all_groups())
        if (info.post_quantum && !has(question.groups, info.group))
          question.groups.push_back(info.group);
    }
    out.push_back(std::move(question));
  }
  return out;
}

std::vector<Weakening> weakenings(const std::vector<prove::Target>& after,
                                  const std::vector<prove::Now>& now) {
  std::vector<Weakening> out;
  for (std::size_t i = 0; i < after.size() && i < now.size(); ++i)
    std::visit([&](const auto& expect) { compare(after[i], expect, now[i], out); },
               after[i].expect);
  return out;
}

std::vector<Weakening> gathered(const std::vector<Weakening>& all) {
  std::vector<Weakening> out;
  for (const auto& one : all) {
    const auto same = std::ranges::find(out, one.text, &Weakening::text);
    if (same == out.end())
      out.push_back(one);
    else
      same->endpoint += ", " + one.endpoint;
  }
  return out;
}

}  // namespace tlspolicy::apply
