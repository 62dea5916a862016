// SPDX-License-Identifier: Apache-2.0
// tlspolicy: one dated TLS policy for every service of a host.  The command line, and nothing else:
// the only user of CLI11 (it is slow to compile).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <limits>
#include <optional>

#include "base/nearest.hpp"
#include "cli/confirm.hpp"
#include "cli/live.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "cli/world.hpp"
#include "discover/discover.hpp"
#include "host/confine.hpp"
#include "host/interrupted.hpp"
#include "host/outlive.hpp"
#include "report/error.hpp"

namespace tlspolicy::cli {
namespace {

constexpr char kLook[] = "Look (changes nothing)", kChange[] = "Change", kBack[] = "Way back";
constexpr char kExamples[] =
    "EXAMPLES\n"
    "  tlspolicy status                    where this host stands\n"
    "  tlspolicy plan 20261101             what would change, as diffs\n"
    "  sudo tlspolicy set 20261101         change it, and prove it\n"
    "  tlspolicy check                     prove it again\n"
    "  tlspolicy scan www.example.org      what an endpoint really accepts\n"
    "  sudo tlspolicy undo                 back to what it was before\n"
    "  tlspolicy VERB --help               options of a verb\n"
    "\n"
    "EXIT STATUS\n"
    "  0 done, complies   1 does not comply, or differs   2 wrong usage\n"
    "  3 the host refused   4 done in part, the rest rolled back   5 internal error\n";

void common(CLI::App* app, Request& request, const char* group) {
  const auto folder = CLI::Validator(CLI::ExistingDirectory).description("");
  app->add_flag("--json", request.json, "JSON on stdout")->group(group);
  app->add_flag("--verbose", request.verbose, "whole lists, and what was proven")->group(group);
  app->add_option("--root", request.root, "another root folder: no reload, no proof")
      ->type_name("DIR")
      ->check(folder)
      ->group(group);
  app->add_option("--data", request.data, "another data folder")
      ->type_name("DIR")
      ->check(folder)
      ->group(group);
}

CLI::App* verb(CLI::App& app, Request& request, const char* name, const char* group,
               const char* what) {
  auto* out = app.add_subcommand(name, what)->group(group);
  out->footer("");
  common(out, request, "Common");
  out->final_callback([&request, name] { request.verb = name; });
  return out;
}

void services(CLI::App* verb, Request& request, const char* what) {
  verb->add_option_function<std::vector<std::string>>(
          "--service",
          [&request](const auto& names) {
            request.services = {names.begin(), names.end()};
          },
          what)
      ->type_name("NAME")
      ->allow_extra_args(false);
}

CLI::Option* policy(CLI::App* verb, Request& request, const char* name, const char* what) {
  return verb
      ->add_option_function<std::string>(
          name,
          [&request](const std::string& typed) {
            request.policy = typed;
            request.has_policy = true;
          },
          what)
      ->type_name("DATE|upstream");
}

void add_scan(CLI::App& app, Request& request) {
  auto* scan = verb(app, request, "scan", kLook, "What endpoints really accept, here or elsewhere");
  scan->add_option("TARGET", request.targets, "HOST, HOST:PORT, [ADDRESS]:PORT, smtp://HOST, …");
  scan->add_option("--targets", request.targets_file, "more of them, a line each; -: stdin")
      ->type_name("FILE");
  scan->add_option("--starttls", request.starttls, "for targets that name no protocol")
      ->type_name("PROTOCOL");
  auto* all = scan->add_flag("--all-addresses", request.all_addresses, "every address of a name");
  scan->add_option("--connect-to", request.connect_to, "there, wherever the names lead")
      ->type_name("ADDRESS")
      ->excludes(all);
  scan->add_flag("--ssh-moduli", request.ssh_moduli, "of SSH: which fields it gives, too");

  policy(scan, request, "--policy", "hold them against it; exit status 1: does not comply")
      ->type_name("DATE");
  scan->add_option("--part", request.part, "mandatory or opportunistic [by the port]")
      ->type_name("PART");
  scan->add_option("--format", request.format, "text, ndjson, csv, json, sarif, junit, html")
      ->type_name("FORM");
  scan->add_flag("--clients", request.clients, "also in NDJSON: which clients connect, with what");
  scan->add_option("-o,--output", request.output, "write there instead of to stdout")
      ->type_name("FILE");

  constexpr char kPace[] = "Pace";
  scan->add_option("--per-host", request.per_host, "connections at once to one address [2]")
      ->type_name("N")
      ->check(CLI::Range(1, 64).description(""))
      ->group(kPace);
  scan->add_option("--at-once", request.at_once, "connections in all [64; 512 with --targets]")
      ->type_name("N")
      ->check(CLI::Range(1, 20'000).description(""))
      ->group(kPace);
  scan->add_option("--rate", request.rate, "new connections in a second, in all")
      ->type_name("N")
      ->check(CLI::Range(0.01, 1e6).description(""))
      ->group(kPace);
  scan->add_option("--timeout", request.timeout, "seconds to wait [5]; for a greeting thrice more")
      ->type_name("S")
      ->check(CLI::Range(0.05, 300.0).description(""))
      ->group(kPace);
  scan->add_option("--retries", request.retries, "of a question without an answer [1]")
      ->type_name("N")
      ->check(CLI::Range(0, 5).description(""))
      ->group(kPace);
  scan->add_option("--shard", request.shard, "the I-th of N parts of the targets")
      ->type_name("I/N")
      ->group(kPace);
  scan->add_option("--resume", request.resume, "note there what is done, and go on from it")
      ->type_name("STATE")
      ->group(kPace);
}

void add_looking_verbs(CLI::App& app, Request& request) {
  verb(app, request, "list", kLook, "The catalogue of policies");
  auto* show = verb(app, request, "show", kLook, "What a policy says");
  policy(show, request, "POLICY", "default: the selected one");
  services(show, request, "also as this service would get it (may be repeated)");
  show->add_option("--assume", request.assume,
                   "for a server elsewhere: version=2.4.37,openssl=1.1.1")
      ->type_name("WHAT");
  auto* status = verb(app, request, "status", kLook, "Selected, effective, shortfalls, drift");
  services(status, request, "only this service (may be repeated)");
  auto* plan = verb(app, request, "plan", kLook, "What set would do, as diffs; changes nothing");
  policy(plan, request, "POLICY", "a date of `tlspolicy list`, or upstream")->required();
  services(plan, request, "only this service (may be repeated)");
  plan->add_flag("--exit-code", request.exit_code, "exit status 1 when something would change");
  auto* check = verb(app, request, "check", kLook, "Proof by live handshakes");
  check->add_option("TARGET", request.targets, "services or endpoints; default: all");
  policy(check, request, "--policy", "default: the selected one");
  services(check, request, "only this service (may be repeated)");
  add_scan(app, request);
  auto* explain = verb(app, request, "explain", kLook, "What stands behind a message");
  explain->add_option("ID", request.id, "as it stands in parentheses behind a finding")->required();
}

void confirmation(CLI::App* verb, Request& request) {
  auto* time = verb->add_option("--confirm", request.confirm,
                                "all goes back after this time (5m), unless confirmed")
                   ->type_name("TIME");
  verb->add_flag("--no-confirm", request.no_confirm,
                 "also where sshd is changed from an SSH session")
      ->excludes(time);
}

void add_changing_verbs(CLI::App& app, Request& request) {
  auto* set = verb(app, request, "set", kChange, "Bring the host to a policy, and prove it");
  policy(set, request, "POLICY", "a date of `tlspolicy list`, or upstream")->required();
  services(set, request, "only this service (may be repeated)");
  set->add_flag("--weaker", request.weaker, "agree that endpoints get weaker than they are now");
  set->add_flag("--atomic", request.atomic, "one failure rolls every service back");
  set->add_flag("--lose-ssh-keys", request.lose_ssh_keys, "agree that small SSH keys stop working");

  confirmation(set, request);

  verb(app, request, "confirm", kChange, "Let the change stay that waits for this");
  auto* undo = verb(app, request, "undo", kBack, "Take a change back, byte for byte");
  undo->add_option("GENERATION", request.generation, "default: the newest change")
      ->type_name("NR")
      ->check(CLI::Range(1, std::numeric_limits<int>::max()).description(""));
  undo->add_flag("--weaker", request.weaker, "agree that endpoints get weaker than they are now");
  confirmation(undo, request);
  verb(app, request, "history", kBack, "The changes of this host");
  verb(app, request, "recover", kBack, "Take back a change that was never finished");
}

int run_on_this_machine(const Request& request) {
  const auto machine = host::real_host("/");
  const auto root = std::filesystem::absolute(request.root).lexically_normal().string();
  const auto host = host::real_host(root);
  Progress progress;
  const auto executable = machine->real_path("/proc/self/exe").value_or("");
  const auto named = request.data.empty() ? "" : std::filesystem::absolute(request.data).string();
  const auto data = data_folder(*machine, named, executable);
  if (!data && reads_data(request.verb)) {
    std::cerr << report::errors_message({data.error()}, {});
    if (request.json) std::cout << report::errors_json({data.error()});
    return status_of(data.error());
  }
  Context context{*host,
                  *machine,
                  data.value_or(""),
                  preflight_program(*machine, executable),
                  style_of_stdout(request.verbose),
                  TLSPOLICY_VERSION};
  context.discover = [&](const Manifests& manifests, const std::set<std::string>& only) {
    return discover::discover(*host, manifests, {context.preflight, only});
  };
  context.prove = [&](const auto& targets) { return prove_live(*host, targets); };
  context.measure = [&](const auto& questions) { return measure_live(*host, questions); };
  context.resolve = scan::resolve;
  context.scan = [](auto& source, const auto& done, const auto& means) {
    scan::scan(source, done, means);
  };
  context.confine = [&]() -> Result<void> {
    const auto confined = host::confine();
    if (!confined) return tl::make_unexpected(confined.error());
    if (!confined->filtered)
      progress.note("this kernel takes no filter of system calls: only the change of user holds");
    return {};
  };
  context.make_room = [&] { progress.make_room(); };
  context.progress = [&](const std::string& line) { progress.show(line); };
  context.note = [&](const std::string& line) { progress.note(line); };
  context.when_interrupted = [&](const std::string& line) {
    host::say_when_interrupted(progress.behind(line));
  };
  context.inside_ssh = [&] { return inside_ssh_session(*machine); };
  context.arm = [&](const std::string& name, std::chrono::seconds time) {
    return start_return_timer(*machine, executable, name, time);
  };
  if (changes_the_host(request.verb)) host::outlive_the_asker();
  if (can_ask() && !request.json) context.typed_yes = typed_yes;
  return run(request, context, std::cout, std::cerr);
}

// CLI11 says of a mistyped verb only that one is required.
std::optional<std::string> no_such_verb(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> verbs;
  for (const auto* one : app.get_subcommands({})) verbs.push_back(one->get_name());
  if (argc < 2 || argv[1][0] == '-' || std::ranges::find(verbs, argv[1]) != verbs.end())
    return std::nullopt;
  const auto meant = base::nearest(argv[1], verbs);
  return fmt::format("tlspolicy: there is no verb \"{}\"\n  {}\n", argv[1],
                     meant ? fmt::format("did you mean \"{}\"?", *meant)
                           : "`tlspolicy --help` shows what there is");
}

// Whoever asked for JSON gets it, although nothing was parsed.
int wrong_usage(int argc, char** argv, const std::string& why) {
  const bool json =
      std::any_of(argv, argv + argc, [](std::string_view word) { return word == "--json"; });
  if (json) std::cout << report::errors_json({{"usage", why, {}, "tlspolicy --help"}});
  return kUsage;
}

int parse_and_run(int argc, char** argv) {
  Request request;
  CLI::App app(
      "One dated TLS policy for every service of a host: selected by date, written into\n"
      "each service's own configuration, proven by live handshakes, taken back by undo.",
      "tlspolicy");
  app.set_version_flag("--version", "tlspolicy " TLSPOLICY_VERSION);
  app.require_subcommand(1);
  app.footer(kExamples);
  common(&app, request, "");  // before the verb as well; its own help names them
  app.get_formatter()->column_width(26);
  add_looking_verbs(app, request);
  add_changing_verbs(app, request);
  if (const auto wrong = no_such_verb(app, argc, argv)) {
    std::cerr << *wrong;
    return wrong_usage(argc, argv, *wrong);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : wrong_usage(argc, argv, error.what());
  }
  return run_on_this_machine(request);
}

}  // namespace
}  // namespace tlspolicy::cli

// What a library throws ends here: nothing else in the project throws.
int main(int argc, char** argv) {
  try {
    return tlspolicy::cli::parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "tlspolicy: internal error: " << error.what() << '\n';
    return tlspolicy::cli::kInternal;
  }
}
