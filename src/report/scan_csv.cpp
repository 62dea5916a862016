// SPDX-License-Identifier: Apache-2.0
// A scan as CSV (RFC 4180): one line for each endpoint, lists within a cell between blanks.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "base/visible.hpp"
#include "report/cleaned.hpp"
#include "report/form.hpp"
#include "report/listed.hpp"

namespace tlspolicy::report {
namespace {
using scan::Endpoint, scan::Fact;

// A cell that begins like a formula would be computed by spreadsheets (OWASP, CSV injection): an
// apostrophe before it makes it text.
std::string cell(std::string text) {
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos)
    text.insert(0, 1, '\'');
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return "\"" + base::replace_all(std::move(text), "\"", "\"\"") + "\"";
}

std::string row(const std::vector<std::string>& cells) {
  std::vector<std::string> out;
  for (const auto& text : cells) out.push_back(cell(text));
  return base::join(out, ",") + "\r\n";
}

std::string protocols(const Endpoint& endpoint) {
  crypto::Protocols out;
  for (const auto& version : endpoint.versions)
    if (version.accepted == Fact::yes) out.push_back(version.protocol);
  return listed(out);
}

std::string suites(const Endpoint& endpoint, bool newest) {
  crypto::Suites out;
  for (const auto& version : endpoint.versions)
    if ((version.protocol == crypto::Protocol::tls13) == newest)
      for (const auto suite : version.suites.accepted)
        if (std::ranges::find(out, suite) == out.end()) out.push_back(suite);
  return listed(out);
}

template <class Get>
std::string of_leaves(const Endpoint& endpoint, Get get) {
  std::vector<std::string> out;
  for (const auto& chain : endpoint.chains) out.push_back(get(chain.certificates.front()));
  return base::join(out, " ");
}

constexpr std::array kHead{"target",     "address",     "port",      "sni",       "preamble",
                           "serves",     "why",         "protocols", "suites",    "suites_13",
                           "groups",     "groups_13",   "keys",      "not_after", "worst",
                           "weaknesses", "policy",      "part",      "outcome",   "deviations",
                           "grade",      "connections", "error"};

class Csv : public Form {
 public:
  explicit Csv(FormOptions options) : options_(std::move(options)) {}
  std::string head() override { return options_.goes_on ? "" : row({kHead.begin(), kHead.end()}); }
  std::string endpoint(const Judged& judged) override {
    const Judged one = cleaned(judged);
    const Endpoint& e = one.endpoint;
    std::vector<std::string> weak, deviations;
    for (const auto& weakness : e.weaknesses) weak.push_back(weakness.id);
    if (one.held)
      for (const auto& deviation : one.held->deviations) deviations.push_back(deviation.text);
    return row({e.target.name,
                e.target.place.address,
                std::to_string(e.target.place.port),
                e.target.place.sni,
                e.target.place.preamble,
                std::string(name(e.serves)),
                e.why,
                protocols(e),
                suites(e, false),
                suites(e, true),
                listed(e.groups12.accepted),
                listed(e.groups13.accepted),
                of_leaves(e,
                          [](const auto& leaf) {
                            return leaf.key_type + ":" + std::to_string(leaf.key_bits);
                          }),
                of_leaves(e, [](const auto& leaf) { return leaf.not_after; }),
                e.weaknesses.empty() ? "" : std::string(name(e.weaknesses.front().severity)),
                base::join(weak, " "),
                one.held ? one.held->policy : "",
                one.held ? one.held->part : "",
                one.held ? std::string(name(one.held->outcome)) : "",
                base::join(deviations, "; "),
                one.grade ? one.grade->letter : "",
                std::to_string(e.connections),
                ""});
  }
  std::string left_out(const Error& error) override {
    std::vector<std::string> cells(kHead.size());
    cells.front() = base::visible(error.where);
    cells.back() = base::visible(error.id + ": " + error.what);
    return row(cells);
  }

 private:
  FormOptions options_;
};
}  // namespace

std::unique_ptr<Form> csv_form(FormOptions options) {
  return std::make_unique<Csv>(std::move(options));
}

}  // namespace tlspolicy::report
