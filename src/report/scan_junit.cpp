// SPDX-License-Identifier: Apache-2.0
// A scan as JUnit's XML, as CI servers read it: a suite for each endpoint.  With --policy a case
// for each dimension; without it a case for each weakness, and one for the answer itself.
#include <fmt/format.h>

#include "base/text.hpp"
#include "base/visible.hpp"
#include "report/cleaned.hpp"
#include "report/form.hpp"

namespace tlspolicy::report {
namespace {

// XML 1.0, 2.2 and 2.4: what it cannot hold at all was made visible before.
std::string xml(std::string text) {
  text = base::replace_all(base::visible(text), "&", "&amp;");
  text = base::replace_all(std::move(text), "<", "&lt;");
  text = base::replace_all(std::move(text), ">", "&gt;");
  return base::replace_all(std::move(text), "\"", "&quot;");
}

struct Case {
  std::string name;
  std::string_view outcome;  // "", "failure", "error", "skipped"
  std::string id, text;
};

std::vector<Case> cases_of(const Judged& judged) {
  const auto& endpoint = judged.endpoint;
  const bool serves = endpoint.serves == scan::Fact::yes;
  std::vector<Case> out{{"serves", "", "", ""}};
  if (!serves) {
    const auto said = no_service(endpoint);
    out.front() = {"serves", "error", said.id, said.label + ": " + said.why};
  }
  if (!judged.held) {
    for (const auto& weakness : endpoint.weaknesses)
      out.push_back({weakness.id, weakness.severity > scan::Severity::note ? "failure" : "skipped",
                     weakness.id,
                     fmt::format("{}: {}", name(weakness.severity), weakness.evidence)});
    return out;
  }
  if (!serves) return out;
  for (const auto& dimension : judged.held->dimensions) {
    Case one{fmt::format("{} {}", judged.held->policy, dimension), "", "", ""};
    for (const auto& deviation : judged.held->deviations) {
      if (deviation.dimension != dimension) continue;
      if (one.outcome.empty()) {  // the worst stands first
        one.outcome = deviation.outcome == scan::Compliance::fails ? "failure" : "error";
        one.id = deviation.id;
      }
      one.text += (one.text.empty() ? "" : "\n") + deviation.text;
    }
    out.push_back(std::move(one));
  }
  return out;
}

class Junit : public Form {
 public:
  explicit Junit(FormOptions options) : options_(std::move(options)) {}

  std::string endpoint(const Judged& judged) override {
    const Judged one = cleaned(judged);
    const auto& place = one.endpoint.target.place;
    suite(probe::text(place) + (place.preamble.empty() ? "" : " " + place.preamble), cases_of(one));
    return {};
  }
  std::string left_out(const Error& error) override {
    suite(error.where.empty() ? "left out" : error.where,
          {{"target", "error", error.id, error.what}});
    return {};
  }
  // Its root carries the sums, so it is written when they are known.
  std::string tail() override {
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tlspolicy scan\" "
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}</testsuites>\n",
        all_.tests, all_.failures, all_.errors, all_.skipped, body_);
  }

 private:
  struct Sums {
    int tests = 0, failures = 0, errors = 0, skipped = 0;
    void add(std::string_view outcome) {
      ++tests;
      failures += outcome == "failure" ? 1 : 0;
      errors += outcome == "error" ? 1 : 0;
      skipped += outcome == "skipped" ? 1 : 0;
    }
  };
  void suite(const std::string& title, const std::vector<Case>& cases) {
    Sums sums;
    std::string inside;
    for (const Case& one : cases) {
      sums.add(one.outcome);
      all_.add(one.outcome);
      inside += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", xml(title),
                            xml(one.name));
      if (one.outcome.empty()) {
        inside += "/>\n";
      } else if (one.outcome == "skipped") {
        inside += fmt::format("><skipped message=\"{}\"/></testcase>\n", xml(one.text));
      } else {
        const auto lines = base::split(one.text, '\n');
        std::vector<std::string> safe;
        for (const auto& line : lines) safe.push_back(xml(line));
        inside += fmt::format("><{} type=\"{}\" message=\"{}\">{}</{}></testcase>\n", one.outcome,
                              xml(one.id), safe.front(), base::join(safe, "\n"), one.outcome);
      }
    }
    body_ += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
        "time=\"0\"{}>\n{}  </testsuite>\n",
        xml(title), sums.tests, sums.failures, sums.errors, sums.skipped,
        options_.date.empty() ? ""
                              : fmt::format(" timestamp=\"{}\"", xml(options_.date.substr(0, 19))),
        inside);
  }

  FormOptions options_;
  Sums all_;
  std::string body_;
};
}  // namespace

std::unique_ptr<Form> junit_form(FormOptions options) {
  return std::make_unique<Junit>(std::move(options));
}

}  // namespace tlspolicy::report
