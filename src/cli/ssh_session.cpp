// SPDX-License-Identifier: Apache-2.0
// Did whoever runs this come over SSH?  By the parents (proc(5)), and by the login session that the
// process belongs to (systemd-logind names its cgroup, and /run/systemd/sessions has its service).
#include <charconv>

#include "base/text.hpp"
#include "cli/confirm.hpp"

namespace tlspolicy::cli {
namespace {

constexpr int kMostParents = 64;

std::string text_or_nothing(host::Host& machine, const std::string& path) {
  const auto state = machine.read(path);
  return state && state->kind == base::FileState::Kind::file ? state->content : "";
}

// The value of a "Key:\tvalue" or "KEY=value" line.
std::string value_behind(const std::string& text, std::string_view key) {
  for (const auto& line : base::lines(text))
    if (std::string_view(line).starts_with(key))
      return std::string(base::trim(std::string_view(line).substr(key.size())));
  return {};
}

bool is_sshd(const std::string& name) {  // OpenSSH 9.8 split the session's process off
  return name == "sshd" || name == "sshd-session" || name == "sshd-auth" || name == "dropbear";
}

bool has_sshd_above(host::Host& machine) {
  std::string pid = "self";
  for (int i = 0; i < kMostParents && !pid.empty() && pid != "0"; ++i) {
    const auto status = text_or_nothing(machine, "/proc/" + pid + "/status");
    if (is_sshd(value_behind(status, "Name:"))) return true;
    pid = value_behind(status, "PPid:");
  }
  return false;
}

// "0::/user.slice/user-0.slice/session-3.scope": a session outlives its sshd in tmux and screen.
std::string session_of(const std::string& cgroup) {
  constexpr std::string_view kPrefix = "/session-", kEnd = ".scope";
  const auto at = cgroup.find(kPrefix);
  const auto end = at == std::string::npos ? at : cgroup.find(kEnd, at);
  if (end == std::string::npos) return {};
  const auto from = at + kPrefix.size();
  const auto name = cgroup.substr(from, end - from);
  return name.find('/') == std::string::npos ? name : "";
}

}  // namespace

bool inside_ssh_session(host::Host& machine) {
  if (has_sshd_above(machine)) return true;
  const auto session = session_of(text_or_nothing(machine, "/proc/self/cgroup"));
  return !session.empty() &&
         value_behind(text_or_nothing(machine, "/run/systemd/sessions/" + session), "SERVICE=") ==
             "sshd";
}

}  // namespace tlspolicy::cli
