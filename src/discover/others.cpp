// SPDX-License-Identifier: Apache-2.0
// Other servers of the same program, with configurations of their own: a second sshd of a unit that
// somebody wrote.  They are not managed; that is said, and not left to be found by a scanner.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.hpp"
#include "base/visible.hpp"
#include "discover/parts.hpp"

namespace tlspolicy::discover {
namespace {

// proc(5), stat: the parent is the second word behind the name, which stands in parentheses.
std::string parent_of(host::Host& host, const std::string& process) {
  const auto stat = of_process(host, process, "stat");
  const auto words = base::words(stat.substr(std::min(stat.rfind(')') + 1, stat.size())));
  return words.size() > 1 ? words[1] : "";
}

bool is_process(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
}

// proc(5), net/tcp: "sl local_address rem_address st … inode"; state 0A is LISTEN.
std::map<std::string, int> listening(const std::string& table) {
  constexpr std::size_t kInode = 9;
  std::map<std::string, int> out;
  for (const auto& line : base::lines(table)) {
    const auto words = base::words(line);
    if (words.size() <= kInode || words[3] != "0A") continue;
    const auto colon = words[1].rfind(':');
    int port = 0;
    const auto* end = words[1].data() + words[1].size();
    if (colon == std::string::npos ||
        std::from_chars(words[1].data() + colon + 1, end, port, 16).ptr != end)
      continue;
    out.emplace(fmt::format("socket:[{}]", words[kInode]), port);
  }
  return out;
}

std::set<int> ports_of(host::Host& host, const std::string& process) {
  auto sockets = listening(of_process(host, process, "net/tcp"));
  sockets.merge(listening(of_process(host, process, "net/tcp6")));
  std::set<int> out;
  const auto open = host.list(fmt::format("/proc/{}/fd", process));
  if (!open) return out;
  for (const auto& fd : *open)
    if (const auto at = sockets.find(of_process(host, process, "fd/" + fd)); at != sockets.end())
      out.insert(at->second);
  return out;
}

std::string command_line(host::Host& host, const std::string& process) {
  auto out = of_process(host, process, "cmdline");
  std::ranges::replace(out, '\0', ' ');
  return base::visible_line(base::trim(out));
}

// Started for a folder that is looked at as an instance of its own (master(8), MAIL_CONFIG).
bool is_ours(host::Host& host, const std::string& process,
             const std::vector<std::string>& further) {
  const auto environment = base::split(of_process(host, process, "environ"), '\0');
  return std::ranges::any_of(environment, [&](const std::string& one) {
    const auto value = one.substr(std::min(one.find('=') + 1, one.size()));
    return std::ranges::find(further, value) != further.end();
  });
}

}  // namespace

// The program is found by the file that it was started from, so that a renamed process is seen too.
void note_others(host::Host& host, const std::string& main, const std::vector<std::string>& further,
                 service::Instance& instance) {
  const auto program = of_process(host, main, "exe");
  if (program.empty()) return;
  const auto processes = host.list("/proc");
  if (!processes) return;
  std::set<std::string> same;
  for (const auto& one : *processes)
    if (is_process(one) && of_process(host, one, "exe") == program) same.insert(one);
  for (const auto& one : same) {
    if (one == main || same.contains(parent_of(host, one))) continue;  // a child of one of them
    if (is_ours(host, one, further)) continue;
    const auto ports = ports_of(host, one);
    if (ports.empty()) continue;
    instance.notes.push_back(
        fmt::format("another server of this program runs with files of its own, and is not looked "
                    "at: port {} (process {}: {})",
                    fmt::join(ports, ", "), one, command_line(host, one)));
  }
}

}  // namespace tlspolicy::discover
