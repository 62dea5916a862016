// SPDX-License-Identifier: Apache-2.0
// The host's settings: read strictly, written canonically; see settings.hpp.
#include "policy/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "policy/names.hpp"
#include "policy/policy.hpp"
#include "policy/toml_text.hpp"

namespace tlspolicy::policy {
namespace {
using base::TomlTable;

constexpr std::string_view kHead =
    "# Written by tlspolicy.  Change the date with `tlspolicy set`; what else stands here, by hand "
    "and\n"
    "# then `tlspolicy set` with the same date.\n\n";

std::string read_id(TomlTable& table, std::string_view key) {
  const std::string text = table.string(key);
  if (text == "upstream") return std::string(kUpstream);
  if (!text.empty() && !is_policy_id(text))
    table.wrong({"bad-value", fmt::format("\"{}\" is not a policy's date YYYYMMDD", text),
                 table.where(key), "`tlspolicy list` names the policies; \"\" means upstream"});
  return text;
}

std::string read_text(TomlTable& table, std::string_view key) {
  const std::string text = table.string(key);
  if (table.has(key) && text.empty())
    table.wrong({"bad-value", fmt::format("\"{}\" is empty", key), table.where(key), ""});
  return text;
}

Exemption read_exemption(TomlTable& row) {
  for (const auto key : {"target", "policy", "until", "reason"})
    row.need(key, "give every exemption target, policy, until and reason");
  Exemption out{read_text(row, "target"), read_id(row, "policy"), read_text(row, "until"),
                read_text(row, "reason")};
  if (!out.until.empty() && !is_day(out.until))
    row.wrong({"bad-value", fmt::format("\"{}\" is not a day", out.until), row.where("until"),
               "write it as 2026-12-31"});
  return out;
}

void read_services(TomlTable& root, Settings& settings) {
  auto services = root.table("services");
  if (!services) return;
  for (const auto& name : services->keys()) {
    auto table = services->table(name);
    if (!table) continue;
    if (!is_service_name(name))
      services->wrong({"bad-value", fmt::format("\"{}\" cannot be a service's name", name),
                       services->where(name), "a-z, 0-9, \"-\" and \"_\""});
    settings.services[name] = {read_id(*table, "minimum"), read_suites(*table, "suites", false)};
  }
}

const Exemption* exemption_of(const Settings& settings, std::string_view target) {
  const auto at = std::ranges::find(settings.exemptions, target, &Exemption::target);
  return at == settings.exemptions.end() ? nullptr : &*at;
}
}  // namespace

Result<Settings> parse_settings(std::string_view text, std::string_view file) {
  auto root = TomlTable::parse(text, file);
  if (!root) return tl::make_unexpected(root.error());
  Settings settings;
  settings.policy = read_id(*root, "policy");
  for (auto& row : root->tables("exempt")) {
    Exemption exemption = read_exemption(row);
    if (exemption_of(settings, exemption.target))
      row.wrong({"duplicate-name", fmt::format("\"{}\" is exempted twice", exemption.target),
                 row.where("target"), "remove one of the two"});
    settings.exemptions.push_back(std::move(exemption));
  }
  read_services(*root, settings);
  if (auto finished = root->finish(); !finished) return tl::make_unexpected(finished.error());
  return settings;
}

std::string print_settings(const Settings& settings) {
  std::string out(kHead);
  out += toml_line("policy", settings.policy);
  for (const auto& each : settings.exemptions)
    out += "\n[[exempt]]\n" + toml_line("target", each.target) + toml_line("policy", each.policy) +
           toml_line("until", each.until) + toml_line("reason", each.reason);
  for (const auto& [name, service] : settings.services) {
    out += fmt::format("\n[services.{}]\n", name);
    if (!service.minimum.empty()) out += toml_line("minimum", service.minimum);
    std::vector<std::string> suites;
    for (const auto suite : service.suites) suites.push_back(crypto::name(suite));
    if (!suites.empty()) out += toml_list("suites", suites);
  }
  return out;
}

Settings without_expired(const Settings& settings, std::string_view today) {
  Settings out = settings;
  std::erase_if(out.exemptions, [&](const Exemption& one) { return one.until < today; });
  return out;
}

Effective effective_id(const Settings& settings, std::string_view service,
                       std::string_view endpoint_id, std::string_view today,
                       std::string_view declared) {
  const auto* exemption = exemption_of(settings, endpoint_id);
  if (!exemption) exemption = exemption_of(settings, service);
  if (exemption)
    return {exemption->policy, Because::exemption, exemption->reason, today > exemption->until};
  std::string minimum(declared);
  if (const auto own = settings.services.find(std::string(service)); own != settings.services.end())
    minimum = std::max(minimum, own->second.minimum);  // dates: the later text is the newer one
  if (minimum > settings.policy) return {minimum, Because::minimum, "", false};
  return {settings.policy, Because::selected, "", false};
}

}  // namespace tlspolicy::policy
