// SPDX-License-Identifier: Apache-2.0
// A scan as SARIF 2.1.0 (OASIS): one run, a result for each weakness and each deviation from the
// policy, the rules that they name, and what could not be scanned as notifications.
#include <fmt/format.h>

#include <set>

#include "base/text.hpp"
#include "base/visible.hpp"
#include "report/cleaned.hpp"
#include "report/form.hpp"
#include "report/json.hpp"

namespace tlspolicy::report {
namespace {

// 3.27.10: what must be looked at is an error or a warning; the rest a note.
std::string_view level_of(scan::Severity severity) {
  if (severity >= scan::Severity::high) return "error";
  return severity >= scan::Severity::low ? "warning" : "note";
}
std::string_view level_of(scan::Compliance compliance) {
  return compliance == scan::Compliance::fails ? "error" : "warning";
}

// A place on the network as a URI (3.4.3): the scheme is what is spoken there.
std::string uri_of(const probe::Place& place) {
  const bool ip6 = place.address.find(':') != std::string::npos;
  const std::string host = !place.sni.empty() ? place.sni
                           : ip6              ? "[" + place.address + "]"
                                              : place.address;
  return fmt::format("{}://{}:{}", place.preamble.empty() ? "tls" : place.preamble,
                     base::replace_all(host, "%", "%25"), place.port);
}

// Members keep their order, so a document in pieces is the same as one that was made at once.
class Sarif : public Form {
 public:
  explicit Sarif(FormOptions options) : options_(std::move(options)) {}

  std::string head() override {
    return "{\n\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n"
           "\"version\": \"2.1.0\",\n\"runs\": [{\n\"columnKind\": \"utf16CodeUnits\",\n"
           "\"results\": [";
  }
  std::string endpoint(const Judged& judged) override {
    const Judged one = cleaned(judged);
    const auto& endpoint = one.endpoint;
    std::string out;
    for (const auto& weakness : endpoint.weaknesses)
      out += result(endpoint, weakness.id, level_of(weakness.severity), weakness.evidence,
                    weakness.about);
    if (one.held)
      for (const auto& deviation : one.held->deviations)
        out += result(endpoint, deviation.id, level_of(deviation.outcome),
                      fmt::format("{}: {}", one.held->policy, deviation.text),
                      one.held->policy + ": " + deviation.text);
    if (endpoint.serves != scan::Fact::yes) notify_of(endpoint);
    return out;
  }
  std::string left_out(const Error& error) override {
    notify(error);
    return {};
  }
  std::string tail() override {
    if (more_ > 0)
      notifications_.push_back(
          {{"level", "error"},
           {"message", {{"text", fmt::format("{} more targets gave no answer", more_)}}}});
    Json rules = Json::array();
    for (const auto& id : rules_) rules.push_back(rule(id));
    const Json driver{
        {"name", "tlspolicy"}, {"semanticVersion", options_.version}, {"rules", std::move(rules)}};
    Json invocation{{"executionSuccessful", true}};
    if (!options_.date.empty()) invocation["startTimeUtc"] = options_.date;
    invocation["toolExecutionNotifications"] = notifications_;
    return fmt::format("\n],\n\"tool\": {{\"driver\": {}}},\n\"invocations\": [{}]\n}}]\n}}\n",
                       text(driver), text(invocation));
  }

 private:
  static std::string text(const Json& json) {
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
  }
  std::string result(const scan::Endpoint& endpoint, const std::string& id, std::string_view level,
                     const std::string& what, const std::string& about) {
    rules_.insert(id);
    const std::string uri = uri_of(endpoint.target.place);
    const Json out{
        {"ruleId", id},
        {"level", level},
        {"message", {{"text", what}}},
        {"locations",
         Json::array({{{"physicalLocation", {{"artifactLocation", {{"uri", uri}}}}},
                       {"logicalLocations",
                        Json::array({{{"fullyQualifiedName", probe::text(endpoint.target.place)},
                                      {"kind", "resource"}}})}}})},
        // So that the next run's result is known to be the same one (3.27.17), and no other is.
        {"partialFingerprints",
         {{"endpointRuleAndSubject/v1",
           fmt::format("{} {}{}{}", uri, id, about.empty() ? "" : " ", about)}}}};
    return (std::exchange(first_, false) ? "\n" : ",\n") + text(out);
  }
  void notify_of(const scan::Endpoint& endpoint) {
    const auto said = no_service(endpoint);
    notify({said.id, fmt::format("{}: {}: {}", uri_of(endpoint.target.place), said.label, said.why),
            endpoint.target.name, ""});
  }
  void notify(const Error& error) {
    if (notifications_.size() >= kMost) {
      ++more_;
      return;
    }
    notifications_.push_back(
        {{"level", "error"},
         {"descriptor", {{"id", error.id}}},
         {"message",
          {{"text", base::visible(error.where.empty() ? error.what
                                                      : error.what + " (" + error.where + ")")}}}});
  }
  Json rule(const std::string& id) const {
    Json out{{"id", id}};
    const auto found = options_.messages.find(id);
    if (found == options_.messages.end()) return out;
    const Message& message = found->second;
    out["shortDescription"] = {{"text", message.title}};
    out["fullDescription"] = {{"text", message.explanation}};
    if (!message.remedy.empty()) out["help"] = {{"text", message.remedy}};
    return out;
  }

  static constexpr std::size_t kMost = 10'000;  // dead targets of a long list
  FormOptions options_;
  std::set<std::string> rules_;
  Json notifications_ = Json::array();
  std::size_t more_ = 0;
  bool first_ = true;
};
}  // namespace

std::unique_ptr<Form> sarif_form(FormOptions options) {
  return std::make_unique<Sarif>(std::move(options));
}

}  // namespace tlspolicy::report
