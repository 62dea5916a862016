// SPDX-License-Identifier: Apache-2.0
// Weighs what tables have for single peers; see tables.hpp.
#include "plan/tables.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "service/policy_table.hpp"

namespace tlspolicy::plan {
namespace {
using Names = std::vector<std::string>;
using Wanted = std::map<std::string, Names>;

constexpr std::string_view kPlain = "none";  // the level without TLS

// A part without a value of its own has the common one.
const Names* wanted_in(const Wanted& wanted, const std::string& part,
                       const std::string& dimension) {
  auto found = wanted.find(service::in_part(part, dimension));
  if (found == wanted.end()) found = wanted.find(dimension);
  return found == wanted.end() ? nullptr : &found->second;
}

std::string first_few(Names names) {
  constexpr std::size_t kShown = 4;
  const auto more = names.size() > kShown ? names.size() - kShown : 0;
  names.resize(names.size() - more);
  return base::join(names, " ") + (more > 0 ? fmt::format(" and {} more", more) : "");
}

class Weighing {
 public:
  Weighing(const service::Manifest& manifest, const service::Instance& instance,
           const Wanted& wanted, std::vector<Error>& out)
      : manifest_(manifest), instance_(instance), wanted_(wanted), out_(out) {}

  void weigh(const service::EndpointRow& row, const service::Endpoint& endpoint) {
    Names levels{std::string(kPlain)};
    for (const auto& [level, role] : row.roles) levels.push_back(level);
    for (const auto& table : endpoint.tables) {
      const auto text = instance_.tables.find(table);
      if (text == instance_.tables.end()) {
        say("policy-map-unread", "what it has for single destinations is not known", table);
        continue;
      }
      const auto file = service::text_file_of(table).value_or(table);
      for (const auto& entry : service::table_entries(text->second, levels))
        weigh(row, endpoint, entry, fmt::format("{}:{}", file, entry.line));
    }
  }

 private:
  void weigh(const service::EndpointRow& row, const service::Endpoint& endpoint,
             const service::TableEntry& entry, const std::string& where) {
    const auto weaker = [&](const std::string& what) {
      say("policy-map-weaker", fmt::format("{}: {}", entry.peer, what), where);
    };
    if (entry.level.empty()) return weaker("its security level is not understood");
    if (entry.level == kPlain) return weaker("mail there goes without TLS (none)");
    const auto& part = row.roles.at(entry.level);
    if (service::is_opportunistic(part) && !service::is_opportunistic(endpoint.role))
      weaker(fmt::format("TLS need not be there ({}), elsewhere it must", entry.level));
    for (const auto& [attribute, dimension] : row.attributes) {
      const auto value = entry.attributes.find(attribute);
      const auto* policy = wanted_in(wanted_, part, dimension);
      if (value == entry.attributes.end() || !policy) continue;
      const auto text = fmt::format("{}={}", attribute, value->second);
      const auto allowed = allowed_by(manifest_, instance_.capability,
                                      service::in_part(part, dimension), value->second, wanted_);
      if (!allowed) {
        weaker(text + " is not understood");
      } else if (auto outside = *allowed;
                 compare(dimension, *allowed, *policy) == Relation::weaker) {
        std::erase_if(outside, [&](const auto& one) {
          return std::ranges::find(*policy, one) != policy->end();
        });
        weaker(fmt::format("{} allows {}", text, first_few(outside)));
      }
    }
  }

  void say(const char* id, const std::string& what, const std::string& where) {
    Error error{id, what, where, "tables are not rewritten: change it by hand"};
    if (std::ranges::find(out_, error) == out_.end()) out_.push_back(std::move(error));
  }

  const service::Manifest& manifest_;
  const service::Instance& instance_;
  const Wanted& wanted_;
  std::vector<Error>& out_;
};
}  // namespace

std::vector<Error> weaker_in_tables(const service::Manifest& manifest,
                                    const service::Instance& instance, const Wanted& wanted) {
  std::vector<Error> out;
  Weighing weighing(manifest, instance, wanted, out);
  for (const auto& row : manifest.endpoints)
    for (const auto& endpoint : instance.endpoints)
      if (!row.client.empty() && base::split(endpoint.id, ':').at(1) == row.name)
        weighing.weigh(row, endpoint);
  return out;
}

}  // namespace tlspolicy::plan
