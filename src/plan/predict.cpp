// SPDX-License-Identifier: Apache-2.0
// Predicts what endpoints accept; see predict.hpp.
#include "plan/predict.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace tlspolicy::plan {
namespace {
using Names = std::vector<std::string>;

bool is_size(std::string_view dimension) { return dimension.ends_with("sizes"); }

// A client follows its peer's order, and nobody's sizes show in a hello.
bool speaks(const service::Endpoint& endpoint, std::string_view dimension) {
  if (!endpoint.client.empty() && (dimension == "order" || is_size(dimension))) return false;
  return dimension.starts_with("ssh_") == (endpoint.preamble == "ssh");
}

bool has(const auto& list, const auto& item) { return std::ranges::find(list, item) != list.end(); }

// A dimension without a row of ours: what the manifest says that the service does anyway.
std::optional<Names> default_of(const service::Manifest& manifest,
                                const service::Instance& instance, std::string_view dimension) {
  for (const auto& row : manifest.defaults)
    if (row.dimension == dimension &&
        (row.unless.empty() || !service::has_feature(manifest, row.unless, instance)))
      return row.value;
  return std::nullopt;
}

std::map<std::string, Predicted> for_all(const service::Manifest& manifest,
                                         const service::Instance& instance,
                                         const std::vector<Row>& rows,
                                         const std::vector<Found>& found,
                                         const service::Facts& facts) {
  std::map<std::string, Predicted> out;
  const auto ours = wanted_by(rows);
  for (const std::string_view part : service::kParts)
    for (const std::string_view name : service::kDimensions) {
      const auto dimension = service::in_part(part, name);
      if (auto fixed = default_of(manifest, instance, dimension)) {
        // What is inside the policy counts as met, whether the service has it or not (R3).
        if (!is_size(dimension))
          for (auto& term : service::names_of(dimension, facts))
            if (!has(*fixed, term)) fixed->push_back(std::move(term));
        out[dimension] = {*std::move(fixed), false};
      }
      if (const auto row = ours.find(dimension); row != ours.end())
        out[dimension] = {row->second, true};
      // A row of ours for several dimensions at once was limited to what theirs allows, and
      // replaces it.
      const bool replaced = std::ranges::any_of(
          rows, [&](const Row& row) { return is_whole(row) && has(row.set->enforces, dimension); });
      if (const auto* global = stricter_global(found, dimension, manifest.place().first_wins);
          global && !replaced)
        out[dimension] = {global->names, out.contains(dimension)};
      // One that says the same and stays, because it is the stricter one elsewhere.
      for (const auto& one : found)
        if (!out.contains(dimension) && !one.lower && one.dimension == dimension &&
            one.relation == Relation::equal)
          out[dimension] = {one.names, true};
    }
  return out;
}

// A dimension without a value of its own in a part of the policy has the common one.
std::map<std::string, Predicted> for_role(const std::map<std::string, Predicted>& all,
                                          const std::string& role) {
  std::map<std::string, Predicted> out;
  for (const std::string_view name : service::kDimensions) {
    const std::string dimension(name);
    auto value = all.find(service::in_part(role, dimension));
    if (value == all.end()) value = all.find(dimension);
    if (value != all.end()) out[dimension] = value->second;
  }
  return out;
}

bool counts_for(const Found& found, const std::string& role,
                const std::map<std::string, Predicted>& all) {
  const auto [part, dimension] = service::parted(found.dimension);
  if (part == role) return true;
  return part.empty() && !all.contains(service::in_part(role, dimension));
}

// Of the endpoint's certificates, as far as they were found.
struct Keys {
  bool rsa = false, ec = false;
};

Keys keys_of(const service::Instance& instance, const service::Endpoint& endpoint) {
  Keys out;
  for (const auto& certificate : instance.certificates)
    if (has(endpoint.certificates, certificate.path))
      (certificate.key_type == "RSA" ? out.rsa : out.ec) = true;
  return out;
}

// Suites that the keys can serve: an RSA key cannot sign for ECDSA suites.
void limit_to_keys(Keys keys, Names& suites) {
  const auto [rsa, ec] = keys;
  if (!rsa && !ec) return;  // not known: nothing can be left out
  std::erase_if(suites, [&](const std::string& name) {
    const auto suite = crypto::suite_named(name);
    const auto* info = suite ? crypto::find(*suite) : nullptr;
    if (!info) return false;
    return (info->auth == crypto::Auth::rsa && !rsa) || (info->auth == crypto::Auth::ecdsa && !ec);
  });
}

void limit_to_protocols(const Names& protocols, Names& suites) {
  std::erase_if(suites, [&](const std::string& name) {
    const auto suite = crypto::suite_named(name);
    return suite && std::ranges::none_of(protocols, [&](const std::string& protocol) {
             const auto version = crypto::protocol_named(protocol);
             return version && crypto::usable_in(*suite, *version);
           });
  });
}

// A version of which no suite is left cannot be negotiated, whatever the setting for versions says.
void limit_to_suites(const Names& suites, Names& protocols) {
  std::erase_if(protocols, [&](const std::string& protocol) {
    const auto version = crypto::protocol_named(protocol);
    return version && *version <= crypto::Protocol::tls12 &&
           std::ranges::none_of(suites, [&](const std::string& name) {
             const auto suite = crypto::suite_named(name);
             return !suite || crypto::usable_in(*suite, *version);
           });
  });
}

// A server that may sign with no scheme of TLS 1.3 for a key that it has cannot speak it (RFC 8446
// 4.2.3): an RSA key without RSASSA-PSS, say.
void limit_to_schemes(Keys keys, const Names& schemes, Names& protocols) {
  const bool rsa_alone = keys.rsa && !keys.ec;
  const bool any = std::ranges::any_of(schemes, [&](const std::string& name) {
    const auto scheme = crypto::scheme_named(name);
    const auto* info = scheme ? crypto::find(*scheme) : nullptr;
    return !info || (info->tls13 && (info->key == "rsa" || !rsa_alone));
  });
  if (!schemes.empty() && !any) std::erase(protocols, crypto::name(crypto::Protocol::tls13));
}

// Dimensions that no row of ours decides, and whose value is outside the policy or not known.
std::map<std::string, Names> unenforced(const EndpointPlan& plan, const service::Facts& facts) {
  std::map<std::string, Names> out;
  for (const std::string dimension : {"tls13_suites", "groups", "schemes"}) {
    if (!speaks(plan.endpoint, dimension)) continue;
    const auto here = plan.dimensions.find(dimension);
    const bool known = here != plan.dimensions.end() && !here->second.names.empty();
    if (known && here->second.enforced) continue;
    auto policy = service::names_of(service::in_part(plan.endpoint.role, dimension), facts);
    if (!known || common(here->second.names, policy).size() < here->second.names.size())
      out[dimension] = std::move(policy);
  }
  return out;
}

// A file of ours that is not written because the administrator named one of his own in its place:
// where he did, and what his file would have to say.
struct OwnFile {
  std::string where, line;
};
std::optional<OwnFile> own_file_for(const service::Manifest& manifest,
                                    const service::Instance& instance, const std::string& dimension,
                                    const service::Facts& facts,
                                    const std::vector<config::Source>& pristine) {
  for (const auto& set : manifest.sets) {
    const auto& named_by = manifest.place_of(set).named_by;
    if (named_by.empty() || !has(set.enforces, dimension) ||
        !service::has_feature(manifest, set.needs, instance))
      continue;
    const auto value = service::render(set.value, facts, instance.capability);
    if (!value) continue;
    Names keys{named_by};
    for (const auto& naming : manifest.sets)
      if (naming.key == named_by)
        keys.insert(keys.end(), naming.without.begin(), naming.without.end());
    for (const auto& key : keys)
      for (auto one = pristine.rbegin(); one != pristine.rend(); ++one)
        if (one->setting.key == key && one->setting.scopes.empty() && !one->setting.args.empty())
          return OwnFile{fmt::format("{}:{}: {} = {}", one->file, one->setting.line, key,
                                     base::join(one->setting.args, " ")),
                         fmt::format("{} = {}", set.key, value->text)};
  }
  return std::nullopt;
}

}  // namespace

std::vector<EndpointPlan> predict(const service::Manifest& manifest,
                                  const service::Instance& instance, const std::vector<Row>& rows,
                                  const std::vector<Found>& found, const Composed& composed,
                                  const std::map<std::string, Names>& wanted,
                                  const service::Facts& facts) {
  const auto common_ground = for_all(manifest, instance, rows, found, facts);
  std::vector<EndpointPlan> out;
  for (const auto& endpoint : instance.endpoints) {
    EndpointPlan plan{endpoint, {}};
    for (const auto& [dimension, value] : for_role(common_ground, endpoint.role))
      if (speaks(endpoint, dimension)) plan.dimensions[dimension] = value;
    for (const auto& one : found) {
      if (!counts_for(one, endpoint.role, common_ground) || has(composed.set_aside, &one)) continue;
      auto& here = plan.dimensions[std::string(service::parted(one.dimension).second)];
      if (one.narrows && (!one.lower || covers(one, endpoint))) {
        if (one.relation != Relation::unknown) here.names = common(here.names, one.names);
        continue;
      }
      if (!one.lower || !covers(one, endpoint)) continue;
      const bool narrowed = std::ranges::any_of(rows, [&](const Row& row) {
        return has(row.set->beats, one.key) && row.set->bounds == service::Set::Bounds::narrow;
      });
      if (!is_beaten(one, rows, wanted)) {
        // Out of a macro: its line there is set aside.
        if (one.expanded && one.relation != Relation::stricter) continue;
        here.names = one.names;
      } else if (narrowed && !one.names.empty()) {
        here.names = common(one.names, wanted.at(one.dimension));
      }
    }
    const Keys keys = keys_of(instance, endpoint);
    if (plan.dimensions.contains("suites")) {
      limit_to_keys(keys, plan.dimensions["suites"].names);
      limit_to_protocols(plan.dimensions["protocols"].names, plan.dimensions["suites"].names);
      limit_to_suites(plan.dimensions["suites"].names, plan.dimensions["protocols"].names);
    }
    if (const auto schemes = plan.dimensions.find("schemes");
        schemes != plan.dimensions.end() && plan.dimensions.contains("protocols"))
      limit_to_schemes(keys, schemes->second.names, plan.dimensions["protocols"].names);
    std::erase_if(plan.dimensions, [&](const auto& one) { return !speaks(endpoint, one.first); });
    plan.of_policy = unenforced(plan, facts);
    out.push_back(std::move(plan));
  }
  return out;
}

namespace {
// What the administrator set himself where we do not go: "; your own: FILE:LINE (remote_smtp)".
std::string own_of(const service::Manifest& manifest, const service::Gap& gap,
                   const std::vector<config::Source>& pristine) {
  Names places;
  for (const auto& [file, setting] : pristine) {
    if (gap.key.empty() || setting.key != gap.key || setting.args.empty()) continue;
    if (std::ranges::any_of(setting.scopes, [&](const config::Scope& scope) {
          return has(manifest.inert_scopes, scope.kind);
        }))
      places.push_back(
          fmt::format("{}:{} ({})", file, setting.line, setting.scopes.back().argument));
  }
  return places.empty() ? "" : "; your own, which are not looked at: " + base::join(places, ", ");
}

// What [tls.opportunistic] has more where one setting serves both grades, and so follows [tls].
void add_of_one_setting(const service::Manifest& manifest, const service::Instance& instance,
                        const std::vector<Row>& rows, const service::Facts& facts,
                        std::vector<Shortfall>& out) {
  const auto enforced = [&](const std::string& dimension) {
    return std::ranges::any_of(rows,
                               [&](const Row& row) { return has(row.set->enforces, dimension); });
  };
  const std::string part = "opportunistic";
  const bool counts = std::ranges::any_of(
      instance.endpoints,
      [&](const service::Endpoint& endpoint) { return service::is_opportunistic(endpoint.role); });
  for (const std::string dimension : {"tls13_suites", "groups", "schemes"}) {
    if (!counts || !enforced(dimension) || enforced(service::in_part(part, dimension))) continue;
    auto missing = service::names_of(service::in_part(part, dimension), facts);
    const auto shared = service::names_of(dimension, facts);
    std::erase_if(missing, [&](const std::string& name) { return has(shared, name); });
    if (!missing.empty())
      out.push_back(
          {part, dimension, std::move(missing),
           fmt::format("{} has one setting for all ports, and it follows [tls]", manifest.title),
           "nothing that it has"});
  }
}
}  // namespace

std::vector<Shortfall> shortfalls(const service::Manifest& manifest,
                                  const service::Instance& instance, const std::vector<Row>& rows,
                                  const service::Facts& facts,
                                  const std::vector<config::Source>& pristine) {
  const auto& can = instance.capability;
  const auto dialect = service::dialect_of(manifest, can);
  const bool is_ssh = dialect == "openssh";
  const std::string library = is_ssh                ? "OpenSSH " + can.program_version
                              : dialect == "gnutls" ? "GnuTLS " + can.library_version
                                                    : "OpenSSL " + can.library_version;
  std::vector<Shortfall> out;
  for (const auto& gap : manifest.gaps)
    for (const auto& dimension : gap.dimensions)
      out.push_back(
          {gap.endpoint, dimension, {}, gap.reason + own_of(manifest, gap, pristine), gap.remedy});
  for (const std::string_view name : service::kDimensions) {
    const std::string dimension(name);
    const auto policy = service::names_of(dimension, facts);
    if (policy.empty() || dimension.starts_with("ssh_") != is_ssh) continue;
    const auto row = std::ranges::find_if(
        rows, [&](const Row& one) { return has(one.set->enforces, dimension); });
    if (row != rows.end()) {
      if (const auto missing = row->value.of(dimension).unsayable; !missing.empty())
        out.push_back({"", dimension, missing, library + " has no word for it",
                       service::what_brings(dialect, missing, can.library_version)});
      continue;
    }
    const auto fixed = default_of(manifest, instance, dimension);
    if (const auto own = own_file_for(manifest, instance, dimension, facts, pristine)) {
      out.push_back({"", dimension, policy,
                     "settings of your own for OpenSSL decide it: " + own->where,
                     "take that line out, or write there: " + own->line});
    } else if (!fixed) {
      out.push_back({"", dimension, policy, "it has no setting for this", "a newer version"});
    } else if (compare(dimension, *fixed, policy) == Relation::weaker) {
      auto outside = *fixed;
      std::erase_if(outside, [&](const std::string& term) { return has(policy, term); });
      out.push_back({"", dimension, std::move(outside),
                     fmt::format("{} has no setting for this", manifest.title),
                     "a newer version, if it has one"});
    }
  }
  add_of_one_setting(manifest, instance, rows, facts, out);
  return out;
}

}  // namespace tlspolicy::plan
