// SPDX-License-Identifier: Apache-2.0
// Asks ssh(1) what stands behind the key exchange; see live.hpp.
#include "cli/live.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "base/version.hpp"
#include "cli/outbound.hpp"

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

constexpr std::string_view kRoot =
    "user=root,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22";

std::vector<std::vector<std::string>> entries(host::Host& host, std::vector<std::string> argv) {
  host::Command ask;
  ask.argv = std::move(argv);
  std::vector<std::vector<std::string>> out;
  for (const auto& line : base::lines(host.run(ask).out)) out.push_back(base::split(line, ':'));
  return out;
}

// Those who are in the group, by its own entry or by their primary group (getent(1)).
std::vector<std::string> members(host::Host& host, const std::string& group) {
  std::vector<std::string> out;
  const auto found = entries(host, {"getent", "group", group});
  if (found.empty() || found.front().size() < 4) return out;
  for (auto& name : base::split(found.front()[3], ','))
    if (!name.empty()) out.push_back(std::move(name));
  for (const auto& user : entries(host, {"getent", "passwd"}))
    if (user.size() > 3 && user[3] == found.front()[2]) out.push_back(user[0]);
  return out;
}

// "user=bob,group=staff,host=…": sshd finds groups by the user, who is put in the group's place;
// nullopt: nobody is both.
std::optional<std::string> with_user(host::Host& host, const std::string& connection) {
  std::vector<std::string> words;
  std::string user, group;
  for (auto& word : base::split(connection, ',')) {
    if (word.starts_with("group="))
      group = word.substr(6);
    else if (word.starts_with("user="))
      user = word.substr(5);
    else
      words.push_back(std::move(word));
  }
  if (group.empty()) return connection;
  const auto in_group = members(host, group);
  const auto one = user.empty() ? in_group.begin() : std::ranges::find(in_group, user);
  if (one == in_group.end()) return std::nullopt;
  words.insert(words.begin(), "user=" + *one);
  return base::join(words, ",");
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

std::optional<prove::SshEffective> effective_settings(host::Host& host,
                                                      const std::string& connection) {
  prove::SshEffective out;
  const auto asked = connection.empty() ? std::string(kRoot) : with_user(host, connection);
  if (!asked) {
    out.nobody = true;
    return out;
  }
  host::Command ask;
  ask.argv = {"sshd", "-T", "-C", *asked};
  const auto said = host.run(ask);
  if (said.status != 0) return std::nullopt;
  out.public_keys = accepted_in(said.out);
  for (const auto& line : base::lines(said.out)) {
    const auto words = base::words(line);
    if (words.size() != 2 || words[0] != "requiredrsasize") continue;
    int bits = 0;
    if (std::from_chars(words[1].data(), words[1].data() + words[1].size(), bits).ec == std::errc{})
      out.rsa_bits = bits;
  }
  return out;
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
    const auto effective = effective_settings(host, "");
    return effective ? effective->public_keys : std::vector<std::string>{};
  };
  means.ssh_effective = [&host](const std::string& connection) {
    return effective_settings(host, connection);
  };
  means.caught = [&host](const prove::Client& client, const std::string& preamble) {
    return make_come(host, client, preamble);
  };
  return prove::prove(targets, means);
}

std::vector<prove::Now> measure_live(host::Host& host,
                                     const std::vector<prove::NowQuestion>& questions) {
  prove::Means means;
  means.caught = [&host](const prove::Client& client, const std::string& preamble) {
    return make_come(host, client, preamble);
  };
  return prove::measure(questions, means);
}

}  // namespace tlspolicy::cli
