// SPDX-License-Identifier: Apache-2.0
// tlspolicy scan: what endpoints really accept, on this host or any other, and whether that lies
// inside a policy.  A few targets come in the order in which they were named, a list of them as
// they end.
#include <fmt/format.h>

#include <algorithm>

#include "cli/pace.hpp"
#include "cli/scan_setup.hpp"
#include "scan/feed.hpp"

namespace tlspolicy::cli {
namespace {

class Scanning {
 public:
  Scanning(ScanSetup setup, const Request& request, Context& context)
      : setup_(std::move(setup)), request_(request), context_(context) {}

  Answer run() {
    write(setup_.form->head());
    if (setup_.lines || setup_.resume || setup_.shards > 1)
      run_list();
    else
      run_few();
    write(setup_.form->tail());
    if (trouble_) return failed(*trouble_);
    return Reply{status(), ""};
  }

 private:
  void run_few() {
    auto resolved = context_.resolve(setup_.named, setup_.lookup);
    context_.progress("scanning");
    std::vector<scan::Endpoint> ended;
    scan::ListSource source(resolved.targets);
    context_.scan(
        source, [&](scan::Endpoint one) { ended.push_back(std::move(one)); }, setup_.means);
    for (const auto& target : resolved.targets) {
      const auto found = std::ranges::find_if(
          ended, [&](const scan::Endpoint& one) { return scan::asked_for(one.target, target); });
      if (found != ended.end()) take(std::move(*found));
    }
    for (const Error& error : resolved.errors) leave_out(error);
  }

  void run_list() {
    std::size_t number = 0, named = 0;
    const auto next = [&]() -> std::optional<scan::Line> {
      if (named < setup_.named.size()) return scan::Line{0, setup_.named[named++].typed};
      if (!setup_.lines) return std::nullopt;
      auto line = setup_.lines->next();
      pace_.read(setup_.lines->share());
      if (!line) return std::nullopt;
      return scan::Line{++number, *std::move(line)};
    };
    scan::FeedOptions options{.preamble = request_.starttls,
                              .lookup = setup_.lookup,
                              .shard = setup_.shard,
                              .shards = setup_.shards};
    if (setup_.resume)
      options.is_done = [&](const std::string& target) { return setup_.resume->is_done(target); };
    scan::Feed feed(next, std::move(options), [&](const Error& error, const std::string& line) {
      leave_out(error);
      if (setup_.resume) settle(setup_.resume->note(line, Ended::unknown, written()));
    });
    context_.scan(
        feed, [&](scan::Endpoint one) { take(std::move(one)); }, setup_.means);
    context_.progress("");
    const auto before = setup_.resume ? setup_.resume->before() : 0;
    context_.note(pace_.sum() + (before == 0 ? "" : fmt::format("; {} done before", before)));
  }

  void take(scan::Endpoint endpoint) {
    report::Judged one{std::move(endpoint), {}, {}};
    one.grade = scan::grade_of(one.endpoint, setup_.date);
    if (setup_.policy) one.held = scan::hold(one.endpoint, *setup_.policy, setup_.part);
    const bool serves = one.endpoint.serves == scan::Fact::yes;
    const auto ended = ended_of(one);
    worst_ = std::max(worst_, ended);
    write(setup_.form->endpoint(one));
    if (setup_.resume) settle(setup_.resume->note(one.endpoint.target.name, ended, written()));
    pace_.ended(serves);
    if (const auto line = pace_.line(); !line.empty()) context_.progress(line);
  }

  void leave_out(const Error& error) {
    worst_ = std::max(worst_, Ended::unknown);
    pace_.left_out();
    write(setup_.form->left_out(error));
  }

  void write(const std::string& piece) {
    if (setup_.output)
      settle(setup_.output->write(piece));
    else if (!piece.empty())
      context_.write(piece);
  }
  std::uint64_t written() const { return setup_.output ? setup_.output->size() : 0; }
  void settle(const Result<void>& done) {
    if (!done && !trouble_) trouble_ = done.error();
  }

  static Ended ended_of(const report::Judged& one) {
    if (one.held && one.held->outcome == scan::Compliance::fails) return Ended::fails;
    const bool known = !one.held || one.held->outcome == scan::Compliance::complies;
    return known && one.endpoint.serves == scan::Fact::yes ? Ended::well : Ended::unknown;
  }

  // For CI: what fails is worse than what is not known, and what an earlier run saw counts too: it
  // is not asked again.
  int status() const {
    const auto worst = setup_.resume ? std::max(worst_, setup_.resume->worst_before()) : worst_;
    if (worst == Ended::fails) return kDiffers;
    return worst == Ended::unknown ? kHostRefused : kDone;
  }

  ScanSetup setup_;
  const Request& request_;
  Context& context_;
  Pace pace_;
  Ended worst_ = Ended::well;
  std::optional<Error> trouble_;
};

// What a scan leaves behind that is broken off; "" where nobody could take it for the whole.
std::string unfinished(const ScanSetup& setup, const Request& request) {
  const auto name = request.output.empty() ? "the report" : request.output;
  if (setup.resume)
    return fmt::format("tlspolicy: interrupted; the same command goes on ({})", request.resume);
  if (!report::can_go_on(setup.format))
    return fmt::format(
        "tlspolicy: interrupted; {} is not finished and cannot be read (--format ndjson, csv or "
        "text "
        "with --resume STATE can go on)",
        name);
  if (!setup.lines && !setup.output) return {};
  return fmt::format("tlspolicy: interrupted; {} ends here (with --resume STATE it could go on)",
                     name);
}
}  // namespace

Answer run_scan(const Request& request, Context& context) {
  auto setup = scan_setup(request, context);
  if (!setup) return tl::make_unexpected(setup.error());
  if (const auto words = unfinished(*setup, request); context.when_interrupted && !words.empty())
    context.when_interrupted(words);
  if (context.confine)
    if (auto confined = context.confine(); !confined) return failed(confined.error());
  return Scanning(*std::move(setup), request, context).run();
}

}  // namespace tlspolicy::cli
