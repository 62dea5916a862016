// SPDX-License-Identifier: Apache-2.0
// See scan_setup.hpp.
#include "cli/scan_setup.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cli/world.hpp"
#include "host/open_files.hpp"
#include "probe/names.hpp"

namespace tlspolicy::cli {
namespace {
constexpr int kAtOnce = 64, kManyAtOnce = 512;

Result<void> take_policy(const Request& request, Context& context, ScanSetup& out) {
  if (!request.part.empty()) {
    const auto part = scan::part_named(request.part);
    if (!part || !request.has_policy)
      return fail("bad-part", "\"" + request.part + "\" is no part of a policy", "--part",
                  "write mandatory or opportunistic, beside --policy");
    out.part = *part;
  }
  if (!request.has_policy) return {};
  const auto catalogue = load_catalogue(context);
  if (!catalogue) return tl::make_unexpected(catalogue.error());
  const auto id = policy_id(request.policy, *catalogue);
  if (!id) return tl::make_unexpected(id.error());
  if (id->empty())
    return fail("unknown-policy", "upstream says nothing to hold an endpoint against", "--policy",
                "name a date of `tlspolicy list`");
  out.policy = catalogue->at(*id);
  return {};
}

Result<void> take_shard(const std::string& text, ScanSetup& out) {
  if (text.empty()) return {};
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, out.shard);
  const bool slash = first.ec == std::errc{} && first.ptr != end && *first.ptr == '/';
  const auto second = slash ? std::from_chars(first.ptr + 1, end, out.shards) : first;
  if (slash && second.ec == std::errc{} && second.ptr == end && out.shard >= 1 &&
      out.shard <= out.shards)
    return {};
  return fail("bad-shard", "\"" + text + "\" is no part of a list", "--shard",
              "write I/N with I from 1 to N, such as 2/5");
}

Result<void> take_targets(const Request& request, ScanSetup& out) {
  if (request.targets.empty() && request.targets_file.empty())
    return fail("no-target", "there is nothing to scan", "tlspolicy scan",
                "name a host, or a list of them with --targets FILE");
  for (const auto& text : request.targets) {
    auto one = scan::parse_target(text, request.starttls);
    if (!one) return tl::make_unexpected(one.error());
    out.named.push_back(std::move(*one));
  }
  if (request.targets_file.empty()) return {};
  auto lines = host::Lines::open(request.targets_file);
  if (!lines) return tl::make_unexpected(lines.error());
  out.lines.emplace(*std::move(lines));
  return {};
}

Result<void> take_lookup(const Request& request, ScanSetup& out) {
  if (!request.connect_to) {
    out.lookup = {.all = request.all_addresses};
    return {};
  }
  std::string address = *request.connect_to;
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  if (!probe::is_numeric(address))
    return fail(
        "bad-scan-target", "\"" + *request.connect_to + "\" is no address", "--connect-to",
        "write it in numbers, such as 192.0.2.7 or 2001:db8::7; a port belongs to the target");
  out.lookup = {.instead = address};
  return {};
}

Result<report::Format> take_format(const Request& request) {
  const auto format =
      report::format_named(request.json && request.format == "text" ? "json" : request.format);
  if (!format)
    return fail("bad-format", "there is no form \"" + request.format + "\"", "--format",
                "text, ndjson, csv, json, sarif, junit or html");
  if (!request.resume.empty() && (!report::can_go_on(*format) || request.all_addresses))
    return fail("bad-resume", "this cannot be broken off and go on", "--resume",
                "take --format ndjson, csv or text, and one address of each name");
  if (request.clients && report::needs_of(*format).clients == report::Clients::never)
    return fail("bad-format", request.format + " has no place for clients", "--clients",
                "take --format text, json, ndjson or html");
  return *format;
}

// What an output that goes on must have been begun with: all that decides what a target is asked,
// what it is held against, and how that is written.
std::string state_head(const Request& request, const ScanSetup& setup) {
  std::string out =
      fmt::format("--format {} --shard {}/{}", request.format, setup.shard, setup.shards);
  if (setup.policy) out += " --policy " + setup.policy->id;
  if (!request.part.empty()) out += " --part " + request.part;
  if (!request.starttls.empty()) out += " --starttls " + request.starttls;
  if (request.clients) out += " --clients";
  if (request.connect_to) out += " --connect-to " + *request.connect_to;
  if (request.ssh_moduli) out += " --ssh-moduli";
  return out + " -o " + (request.output.empty() ? "-" : request.output);
}

Result<void> take_files(const Request& request, ScanSetup& out) {
  if (!request.resume.empty()) {
    auto resume = Resume::open(request.resume, state_head(request, out));
    if (!resume) return tl::make_unexpected(resume.error());
    out.resume.emplace(*std::move(resume));
  }
  if (request.output.empty()) return {};
  const bool goes_on = out.resume && out.resume->begun();
  auto file = host::OutFile::open(
      request.output, goes_on ? std::optional(out.resume->output_length()) : std::nullopt);
  if (!file) return tl::make_unexpected(file.error());
  out.output.emplace(*std::move(file));
  return {};
}

// Reads of our own data what the form says something with, and no more.
Result<void> take_output(const Request& request, Context& context, ScanSetup& out) {
  const auto format = take_format(request);
  if (!format) return tl::make_unexpected(format.error());
  if (auto taken = take_files(request, out); !taken) return taken;
  out.date = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                         fmt::gmtime(std::chrono::system_clock::to_time_t(context.machine.now())));
  report::FormOptions options{.style = context.style,
                              .goes_on = out.resume && out.resume->begun(),
                              .policy = out.policy ? out.policy->id : "",
                              .date = out.date,
                              .version = context.version};
  if (out.output) options.style.colour = false;
  const auto needs = report::needs_of(*format);
  if (needs.messages) {
    auto messages = load_messages(context);
    if (!messages) return tl::make_unexpected(messages.error());
    options.messages = *std::move(messages);
  }
  if (needs.clients == report::Clients::always || request.clients) {
    auto clients = load_clients(context);
    if (!clients) return tl::make_unexpected(clients.error());
    options.clients = *std::move(clients);
  }
  out.format = *format;
  out.form = report::make_form(*format, std::move(options));
  return {};
}

scan::Means means_of(const Request& request) {
  scan::Means out;
  const int wanted = request.at_once > 0            ? request.at_once
                     : request.targets_file.empty() ? kAtOnce
                                                    : kManyAtOnce;
  // Beside the connections: lists, reports, and a few for each thread of the resolver.
  constexpr std::size_t kOthers = 128;
  const auto files = host::allow_open_files(static_cast<std::size_t>(wanted) + kOthers);
  const int at_once = std::clamp(
      static_cast<int>(std::min<std::size_t>(files, 1'000'000)) - static_cast<int>(kOthers), 1,
      wanted);
  out.limits.answer = std::chrono::milliseconds(static_cast<int>(request.timeout * 1000));
  out.limits.greeting = 3 * out.limits.answer;
  out.limits.per_host = request.per_host;
  out.limits.at_once = at_once;
  out.limits.rate = request.rate;
  out.endpoints_at_once = std::max(at_once, 32);
  out.retries = request.retries;
  out.ssh_moduli = request.ssh_moduli;
  return out;
}
}  // namespace

tl::expected<ScanSetup, Failure> scan_setup(const Request& request, Context& context) {
  ScanSetup out;
  out.means = means_of(request);
  auto taken = take_targets(request, out);
  if (taken) taken = take_lookup(request, out);
  if (taken) taken = take_shard(request.shard, out);
  if (taken) taken = take_policy(request, context, out);
  if (taken) taken = take_output(request, context, out);
  if (!taken) return failed(taken.error());
  out.means.now = out.date;
  return out;
}

}  // namespace tlspolicy::cli
