// SPDX-License-Identifier: Apache-2.0
// From a request to its verb, and from the verb's answer to what is printed; see verbs.hpp.
#include <algorithm>
#include <array>
#include <ostream>

#include "cli/verbs.hpp"
#include "report/error.hpp"

namespace tlspolicy::cli {
namespace {

struct Verb {
  std::string_view name;
  Answer (*run)(const Request&, Context&);
  bool reads_data = true;  // false: works from the journal alone
  bool changes = false;    // the host
};
constexpr std::array kVerbs{
    Verb{"list", run_list},
    Verb{"show", run_show},
    Verb{"status", run_status},
    Verb{"plan", run_plan},
    Verb{"set", run_set, true, true},
    Verb{"undo", run_undo, false, true},
    Verb{"confirm", run_confirm, false, true},
    Verb{"history", run_history, false},
    Verb{"recover", run_recover, false, true},
    Verb{"check", run_check},
    Verb{"scan", run_scan},
    Verb{"explain", run_explain},
};

const Verb* verb_named(std::string_view name) {
  const auto found = std::ranges::find(kVerbs, name, &Verb::name);
  return found == kVerbs.end() ? nullptr : &*found;
}

// Everything else is the host's: a permission, a lock, a file, a service.
constexpr std::array<std::string_view, 14> kUsageIds{
    "bad-time",        "bad-part",        "bad-shard",      "bad-format",        "bad-resume",
    "no-target",       "bad-scan-target", "unknown-policy", "unknown-service",   "unknown-target",
    "unknown-message", "bad-assumption",  "unknown-verb",   "unknown-generation"};
constexpr std::array<std::string_view, 2> kInternalIds{"no-data", "internal"};

}  // namespace

int status_of(const Error& error) {
  if (std::ranges::find(kUsageIds, error.id) != kUsageIds.end()) return kUsage;
  return std::ranges::find(kInternalIds, error.id) != kInternalIds.end() ? kInternal : kHostRefused;
}

tl::unexpected<Failure> failed(Error error) {
  const int status = status_of(error);
  return tl::make_unexpected(Failure{status, {std::move(error)}});
}

tl::unexpected<Failure> failed(int status, std::vector<Error> errors) {
  return tl::make_unexpected(Failure{status, std::move(errors)});
}

bool reads_data(std::string_view name) {
  const auto* verb = verb_named(name);
  return !verb || verb->reads_data;
}

bool changes_the_host(std::string_view name) {
  const auto* verb = verb_named(name);
  return verb && verb->changes;
}

int run(const Request& request, Context& context, std::ostream& out, std::ostream& err) {
  context.write = [&](std::string_view piece) {
    if (context.make_room) context.make_room();
    out << piece << std::flush;
    return out.good();
  };
  const auto* verb = verb_named(request.verb);
  const Answer answer =
      !verb ? Answer(failed({"unknown-verb", "there is no verb \"" + request.verb + "\"", {}, {}}))
            : verb->run(request, context);
  context.progress("");
  if (answer) {
    out << answer->out << std::flush;
    if (out.good()) return answer->status;
    err << "tlspolicy: the result could not be written in full\n" << std::flush;
    return answer->status == kDone ? kHostRefused : answer->status;
  }
  if (request.json) out << report::errors_json(answer.error().errors) << std::flush;
  err << report::errors_message(answer.error().errors, context.style) << std::flush;
  return answer.error().status;
}

}  // namespace tlspolicy::cli
