// SPDX-License-Identifier: Apache-2.0
// Text about one service; see services.hpp.
#include "report/services.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "report/error.hpp"

namespace tlspolicy::report {
namespace {
using Names = std::vector<std::string>;
using Dimensions = std::map<std::string, plan::Predicted>;

Names names_in(const Dimensions& dimensions, const char* key) {
  const auto found = dimensions.find(key);
  return found == dimensions.end() ? Names{} : found->second.names;
}

std::string first_few(const Names& names) {
  constexpr std::size_t kShown = 4;
  if (names.size() <= kShown) return base::join(names, " ");
  const Names start(names.begin(), names.begin() + kShown);
  return fmt::format("{} +{}", base::join(start, " "), names.size() - kShown);
}

std::string tls_line(const Dimensions& dimensions) {
  Names parts;
  if (auto names = names_in(dimensions, "protocols"); !names.empty())
    parts.push_back(base::join(names, " "));
  const auto old = names_in(dimensions, "suites"), tls13 = names_in(dimensions, "tls13_suites");
  if (!old.empty() || !tls13.empty())
    parts.push_back(fmt::format("{}+{} suites", old.size(), tls13.size()));
  if (auto names = names_in(dimensions, "groups"); !names.empty())
    parts.push_back("groups " + first_few(names));
  return base::join(parts, "; ");
}

std::string ssh_line(const Dimensions& dimensions) {
  constexpr std::pair<const char*, const char*> kCounted[] = {
      {"ssh_kex", "key exchanges"},
      {"ssh_ciphers", "ciphers"},
      {"ssh_macs", "MACs"},
      {"ssh_host_keys", "host key algorithms"}};
  Names parts;
  for (const auto& [key, title] : kCounted)
    if (auto names = names_in(dimensions, key); !names.empty())
      parts.push_back(fmt::format("{} {}", names.size(), title));
  if (auto bits = names_in(dimensions, "ssh_sizes"); !bits.empty())
    parts.push_back("RSA " + bits.front());
  return base::join(parts, "; ");
}

std::string missing(const plan::Shortfall& one, const Style& style) {
  const std::string names = style.verbose ? base::join(one.names, " ") : first_few(one.names);
  const std::string where = one.endpoint.empty() ? "" : one.endpoint + ": ";
  const std::string what = names.empty() ? "" : names + ": ";
  return fmt::format("{}{}: {}{}", where, one.dimension, what, one.reason);
}

}  // namespace

std::string heading(const plan::ServicePlan& plan) {
  std::string out = plan.title.empty() ? plan.service : plan.title;
  if (!plan.version.empty()) out += " " + plan.version;
  if (!plan.library.empty()) out += fmt::format(", {} {}", plan.library_name, plan.library);
  return out;
}

std::string effective_line(const Dimensions& dimensions) {
  const auto tls = tls_line(dimensions), ssh = ssh_line(dimensions);
  if (tls.empty() && ssh.empty()) return "as the package ships it";
  return tls.empty() ? ssh : tls;
}

std::string effective_text(const Dimensions& dimensions, const Style& style, int indent) {
  std::string out;
  const auto pad = std::string(static_cast<std::size_t>(indent), ' ');
  for (const auto& [dimension, value] : dimensions)
    out += wrapped(style, fmt::format("{}{:<15} ", pad, dimension),
                   (value.enforced ? "" : "(observed) ") + base::join(value.names, " "));
  return out;
}

std::string shortfalls_text(const std::vector<plan::Shortfall>& list, const Style& style) {
  std::string out;
  for (const auto& one : list) {
    out += paint(style, Tone::warning, "  shortfall ") +
           wrapped(style, std::string(12, ' '), missing(one, style)).substr(12);
    if (!one.remedy.empty())
      out += wrapped(style, std::string(14, ' '), "what would end it: " + one.remedy);
  }
  return out;
}

std::string notes_text(const std::vector<std::string>& notes, const Style& style) {
  std::string out;
  for (const auto& note : notes) out += wrapped(style, "  note      ", note);
  return out;
}

std::string errors_text(std::string_view label, Tone tone, const std::vector<Error>& errors,
                        const Style& style) {
  std::string out;
  for (const auto& error : errors) {
    out += labelled(style, paint(style, tone, fmt::format("  {:<9} ", label)), 12, 6, error);
    if (!error.remedy.empty()) out += wrapped(style, std::string(14, ' '), error.remedy);
  }
  return out;
}

std::string_view change_of(const plan::FileChange& file) {
  using Kind = base::FileState::Kind;
  if (file.before.kind == Kind::absent) return "new file";
  return file.after.kind == Kind::absent ? "removed" : "changed";
}

}  // namespace tlspolicy::report
