// SPDX-License-Identifier: Apache-2.0
// Puts one service's plan together from its rows, overrides and files; see plan.hpp.
#include "plan/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "plan/predict.hpp"
#include "plan/tables.hpp"
#include "service/effective.hpp"
#include "service/further.hpp"

namespace tlspolicy::plan {
namespace {
using base::FileState;

std::string real_path(const service::Instance& instance, const std::string& path) {
  const auto found = instance.real_paths.find(path);
  return found == instance.real_paths.end() ? path : found->second;
}

// Differences between what lies there and what should: the only place where changes come from.
std::vector<FileChange> changes(const service::Instance& instance, const Texts& wanted,
                                const std::set<std::string>& packaged) {
  std::map<std::string, FileChange> by_path;  // two names may lead to one file
  const auto add = [&](const std::string& path, FileState before, FileState after) {
    const std::string real = real_path(instance, path);
    if (before != after)
      by_path[real] = {real, std::move(before), std::move(after), packaged.contains(real)};
  };
  for (const auto& [path, state] : instance.files) {
    if (state.kind != FileState::Kind::file) continue;
    const auto text = wanted.find(path);
    FileState after = state;
    if (text == wanted.end()) {
      after = FileState{};
    } else {
      after.content = text->second;
    }
    add(path, state, std::move(after));
  }
  for (const auto& [path, text] : wanted) {
    const auto known = instance.files.find(path);
    if (known != instance.files.end() && known->second.kind == FileState::Kind::file) continue;
    FileState fresh;
    fresh.kind = FileState::Kind::file;
    fresh.content = text;
    fresh.mode = 0644;
    add(path, known == instance.files.end() ? FileState{} : known->second, std::move(fresh));
  }
  std::vector<FileChange> out;
  for (auto& [path, change] : by_path) out.push_back(std::move(change));
  return out;
}

std::vector<Step> steps(const World& world, const service::Manifest& manifest,
                        const service::Instance& instance, const std::vector<Row>& rows) {
  std::vector<Step> out;
  const auto add = [&](const char* kind, const std::vector<std::string>& argv) {
    if (auto words = service::expand(argv, instance.vars); words && !words->empty())
      out.push_back({kind, *words, manifest.limit_s});
  };
  std::set<std::string> asked;
  for (const auto& row : rows) {
    if (row.set->preflight.empty() || instance.capability.library_path.empty()) continue;
    const auto& facts = row.value.facts;
    for (const auto& value : facts.empty() ? std::vector{row.value.text} : facts) {
      if (!asked.insert(row.set->preflight + value).second) continue;
      out.push_back(
          {"check",
           {world.preflight, instance.capability.library_path, row.set->preflight,
            base::join(base::words(value), ":")},
           manifest.limit_s,
           fmt::format("{} is asked whether it takes {}", instance.capability.library_path,
                       row.set->preflight == "priority" ? "this priority string"
                                                        : "these " + row.set->preflight)});
    }
  }
  add("check", manifest.check);
  add("reload", manifest.reload);
  add("restart", manifest.restart);
  add("active", manifest.active);
  return out;
}

bool is_set_aside_in(const Composed& composed, const std::string& key) {
  return std::ranges::any_of(composed.set_aside, [&](const Found* one) { return one->key == key; });
}

// One that only takes away is no list by itself: is there less of the policy through it?
bool takes_away(const Found& one, const std::map<std::string, std::vector<std::string>>& wanted) {
  const auto policy = wanted.find(one.dimension);
  return one.narrows && one.relation != Relation::unknown && policy != wanted.end() &&
         common(policy->second, one.names).size() < policy->second.size();
}

// A macro's own lines do not count, what the program made of them does: `inactive` are those.
void note_overrides(const std::vector<Found>& found, const Composed& composed,
                    const std::map<std::string, std::vector<std::string>>& wanted,
                    const std::vector<Row>& rows, const std::vector<std::string>& inactive,
                    ServicePlan& plan) {
  const auto note = [&](const Found& one, std::string_view what) {
    auto text =
        fmt::format("{}:{}: {} {}", one.source.file, one.source.setting.line, one.key, what);
    // One value may decide several dimensions.
    if (std::ranges::find(plan.notes, text) == plan.notes.end())
      plan.notes.push_back(std::move(text));
  };
  const auto is_inactive = [&](const Found& one) {
    const auto place = fmt::format("{}:{}", one.source.file, one.source.setting.last_line);
    return std::ranges::find(inactive, place) != inactive.end();
  };
  // One value may be stricter in one dimension and go in another: the line goes as a whole.
  const auto goes = [&](const Found& one) {
    return std::ranges::any_of(composed.set_aside, [&](const Found* other) {
      return other->source == one.source && other->key == one.key;
    });
  };
  const auto is_replaced = [&](const Found& one) {
    return std::ranges::find(composed.replaced, one.source) != composed.replaced.end();
  };
  for (const auto& one : found) {
    if (is_replaced(one)) continue;  // told below
    if (goes(one)) {
      const bool empties = std::ranges::any_of(found, [&](const Found& other) {
        return other.leaves_nothing && other.source == one.source;
      });
      note(one, empties ? "leaves nothing of the policy, and is set aside" : "is set aside");
    } else if (!one.expanded && is_inactive(one)) {
      continue;
    } else if ((one.relation == Relation::stricter || takes_away(one, wanted)) &&
               (one.lower || !one.shipped)) {
      note(one, "is stricter than the policy and stays");
    } else if (one.lower && is_beaten(one, rows, wanted)) {
      note(one, "no longer counts");
    } else if (one.expanded && one.lower && one.relation != Relation::equal &&
               !is_set_aside_in(composed, one.key)) {
      note(one, "wins over ours, and stands in no file where it could be set aside");
    }
  }
  for (const auto& one : composed.replaced)
    plan.notes.push_back(fmt::format("{}:{}: {} is set aside, and ours takes its place", one.file,
                                     one.setting.line, one.setting.key));
  plan.notes.insert(plan.notes.end(), composed.notes.begin(), composed.notes.end());
}

void follow(const World& world, const service::HostState& host, const service::Manifest& manifest,
            const service::Instance& instance, const policy::Policy& policy, ServicePlan& plan) {
  const auto facts = service::facts_of(policy, service::plain_name(instance.service));
  const auto& can = instance.capability;
  const Texts base = pristine(instance);
  const auto flat = read_all(manifest, instance, base);

  auto rows = usable_rows(manifest, instance, facts, flat.settings);
  if (!rows) {
    plan.skipped = rows.error();
    return;
  }
  const auto look = [&] {
    auto out = find_overrides(manifest, can, flat.settings, instance.dump, wanted_by(*rows));
    for (auto& one :
         find_overrides(manifest, can, instance.expanded, instance.dump, wanted_by(*rows))) {
      one.expanded = true;
      out.push_back(std::move(one));
    }
    for (auto& one : out)
      one.shipped = host.as_shipped.contains(real_path(instance, one.source.file));
    return out;
  };
  const bool first_wins = manifest.place().first_wins;
  fill_in_lists(*rows, look(), first_wins);
  auto found = look();
  plan.shortfalls = shortfalls(manifest, instance, *rows, facts, flat.settings);
  auto kept = never_loosening(*rows, found, first_wins);
  if (const auto less = limited(facts, kept, found, first_wins)) {
    rows = usable_rows(manifest, instance, *less, flat.settings);
    if (!rows) {
      plan.skipped = rows.error();
      return;
    }
    found = look();
    kept = never_loosening(*rows, found, first_wins);
  }
  const auto wanted = wanted_by(*rows);
  auto composed = compose(manifest, instance, base, kept, found, wanted, policy.id);
  if (!composed) {
    plan.skipped = composed.error();
    return;
  }
  plan.files = changes(instance, composed->files, host.packaged);
  plan.steps = steps(world, manifest, instance, kept);
  plan.endpoints = predict(manifest, instance, kept, found, *composed, wanted, facts);
  for (auto& endpoint : plan.endpoints) {
    if (!endpoint.endpoint.client.empty()) continue;  // the keys are its peers'
    const bool is_ssh = endpoint.endpoint.preamble == "ssh";
    const auto& tls = facts.tls_of(endpoint.endpoint.role);
    endpoint.rsa_bits = is_ssh ? policy.ssh.rsa_bits : tls.rsa_bits;
    endpoint.ec_bits = is_ssh ? 0 : tls.ec_bits;
    endpoint.dh_bits = is_ssh ? 0 : tls.dh_bits;
  }
  note_overrides(found, *composed, wanted, kept, instance.inactive_lines, plan);
  guard_certificates(instance, facts, policy.id, plan);
  plan.beyond_proof = weaker_in_tables(manifest, instance, wanted);
  plan.warnings.insert(plan.warnings.end(), plan.beyond_proof.begin(), plan.beyond_proof.end());
  for (const auto& one : instance.warnings)
    if (one.id == kNamesUnread) plan.beyond_proof.push_back(one);
  for (const auto& key : instance.user_keys)
    if (key.type == "DSA" || (key.type == "RSA" && key.bits < policy.ssh.rsa_bits))
      plan.keys_below.push_back(
          fmt::format("{}: {} {} bits ({})", key.user, key.type, key.bits, key.file));
}

std::string why(const policy::Effective& effective) {
  switch (effective.because) {
    case policy::Because::selected:
      return {};
    case policy::Because::minimum:
      return "its minimum";
    case policy::Because::exemption:
      return fmt::format("exempted{}: {}", effective.expired ? ", and past its date" : "",
                         effective.reason);
  }
  return {};
}

// Of a running service that will change: a stopped one drops nobody.
void note_cautions(const service::Manifest& manifest, const service::Instance& instance,
                   ServicePlan& plan) {
  if (plan.files.empty() || !instance.running || manifest.cautions.empty()) return;
  const auto settings = read_all(manifest, instance, pristine(instance)).settings;
  for (const auto& one : manifest.cautions) {
    const auto [from, to] = instance.dump.equal_range(one.key);
    const bool dumped =
        std::any_of(from, to, [&](const auto& set) { return set.second == one.value; });
    const bool written = std::ranges::any_of(settings, [&](const config::Source& source) {
      return base::iequals(source.setting.key, one.key) &&
             std::ranges::any_of(source.setting.args, [&](const std::string& word) {
               return base::iequals(word, one.value);
             });
    });
    if (dumped || written) plan.notes.push_back(one.text);
  }
}

ServicePlan plan_service(const World& world, const service::HostState& host,
                         const service::Manifest& manifest, const service::Instance& instance,
                         const policy::Settings& settings) {
  const auto effective =
      policy::effective_id(settings, service::plain_name(instance.service), "", world.today);
  ServicePlan plan;
  plan.service = instance.service;
  plan.title = manifest.title;
  plan.version = instance.capability.program_version;
  plan.library = instance.capability.library_version;
  if (service::dialect_of(manifest, instance.capability) == "gnutls") plan.library_name = "GnuTLS";
  plan.policy = effective.id;
  plan.why = why(effective);
  plan.running = instance.running;
  plan.clients = manifest.clients;
  plan.notes = instance.notes;
  plan.warnings = instance.warnings;
  if (instance.broken) {
    plan.skipped = *instance.broken;
    return plan;
  }
  if (plan.policy == policy::kUpstream) {
    plan.files = changes(instance, pristine(instance), host.packaged);
    plan.steps = steps(world, manifest, instance, {});
    for (const auto& endpoint : instance.endpoints) plan.endpoints.push_back({endpoint, {}});
  } else if (instance.unfit) {
    plan.skipped = *instance.unfit;
    return plan;
  } else {
    follow(world, host, manifest, instance, world.catalogue.at(plan.policy), plan);
  }
  note_cautions(manifest, instance, plan);
  if (instance.running && instance.endpoints.empty())
    plan.notes.emplace_back("it has no endpoint with TLS or SSH now, so nothing can be proven");
  return plan;
}

}  // namespace

std::string Step::text() const { return meaning.empty() ? base::join(argv, " ") : meaning; }

bool Plan::changes() const {
  return std::ranges::any_of(services, [](const ServicePlan& one) { return !one.files.empty(); });
}

Result<Plan> make_plan(const World& world, const policy::Settings& current,
                       const service::HostState& host, const std::string& selected,
                       const std::set<std::string>& only) {
  const auto known = [&](const std::string& id) {
    return id == policy::kUpstream || world.catalogue.contains(id);
  };
  if (!known(selected))
    return fail("unknown-policy", fmt::format("there is no policy \"{}\"", selected), {},
                "`tlspolicy list` shows the policies that there are");
  Plan out;
  out.policy = selected;
  policy::Settings settings = current;
  settings.policy = selected;
  for (const auto& instance : host.instances) {
    const auto name = service::plain_name(instance.service);
    if (!only.empty() && !only.contains(name)) continue;
    const auto manifest = world.manifests.find(name);
    if (manifest == world.manifests.end()) continue;
    const auto effective = policy::effective_id(settings, name, "", world.today);
    if (!known(effective.id))
      return fail("unknown-policy",
                  fmt::format("the settings hold {} at a policy \"{}\" that there is not",
                              instance.service, effective.id),
                  "/etc/tlspolicy/tlspolicy.toml", "`tlspolicy list` shows what there is");
    out.services.push_back(plan_service(world, host, manifest->second, instance, settings));
  }
  return out;
}

}  // namespace tlspolicy::plan
