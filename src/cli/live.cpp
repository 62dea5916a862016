// SPDX-License-Identifier: Apache-2.0
// Asks ssh(1) what stands behind the key exchange; see live.hpp.
#include "cli/live.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/version.hpp"

namespace tlspolicy::cli {
namespace {

std::string reachable(const std::string& address) {
  if (address == "0.0.0.0") return "127.0.0.1";
  return address == "::" ? "::1" : address;
}

// One connection that ends after the "none" request, so that nothing counts as a failed password
// (sshd's PerSourcePenalties, fail2ban), with none of the user's or the host's own settings.
host::Command question(const probe::Place& place) {
  host::Command out;
  out.argv = {"ssh", "-vv", "-F", "none", "-p", std::to_string(place.port), "-l", "root"};
  for (const char* option :
       {"BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null",
        "GlobalKnownHostsFile=/dev/null", "PreferredAuthentications=none", "IdentityFile=none",
        "IdentityAgent=none", "ConnectTimeout=5", "ConnectionAttempts=1"}) {
    out.argv.emplace_back("-o");
    out.argv.emplace_back(option);
  }
  out.argv.push_back(reachable(place.address));
  out.argv.emplace_back("true");
  out.limit = std::chrono::seconds(10);
  return out;
}

}  // namespace

bool announces_what_it_accepts(std::string_view messages) {
  constexpr std::string_view kMark = "remote software version OpenSSH_";
  const auto start = messages.find(kMark);
  if (start == std::string_view::npos) return true;
  const auto version = base::parse_version(messages.substr(start + kMark.size()));
  return !version || *version >= *base::parse_version("9.6");
}

std::vector<std::string> accepted_in(std::string_view settings) {
  for (const auto& line : base::lines(settings)) {
    const auto words = base::words(line);
    if (words.size() == 2 && words[0] == "pubkeyacceptedalgorithms")
      return base::split(words[1], ',');
  }
  return {};
}

std::vector<std::string> sig_algs_in(std::string_view messages) {
  constexpr std::string_view kMark = "server-sig-algs=<";
  const auto start = messages.find(kMark);
  if (start == std::string_view::npos) return {};
  const auto list = messages.substr(start + kMark.size());
  const auto end = list.find('>');
  if (end == std::string_view::npos) return {};
  return base::split(list.substr(0, end), ',');
}

std::vector<prove::Verdict> prove_live(host::Host& host,
                                       const std::vector<prove::Target>& targets) {
  prove::Means means;
  means.ssh_sig_algs = [&host](const probe::Place& place) {
    const auto messages = host.run(question(place)).err;
    if (announces_what_it_accepts(messages)) return sig_algs_in(messages);
    host::Command effective;
    effective.argv = {"sshd", "-T", "-C", "user=root,host=localhost,addr=127.0.0.1"};
    return accepted_in(host.run(effective).out);
  };
  return prove::prove(targets, means);
}

}  // namespace tlspolicy::cli
