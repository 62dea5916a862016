// SPDX-License-Identifier: Apache-2.0
// getaddrinfo(3) blocks, so a few threads ask side by side; see names.hpp.
#include "probe/names.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <thread>

namespace tlspolicy::probe {
namespace {
constexpr std::size_t kThreads = 16;

Addresses look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = is_numeric(host) ? AI_NUMERICHOST : AI_ADDRCONFIG;
  addrinfo* raw = nullptr;
  if (const int error = getaddrinfo(host.c_str(), nullptr, &hints, &raw); error != 0)
    return {{}, gai_strerror(error)};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(raw, freeaddrinfo);
  Addresses out;
  for (const addrinfo* one = raw; one != nullptr; one = one->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) == 0 &&
        std::ranges::find(out.numeric, text.data()) == out.numeric.end())
      out.numeric.emplace_back(text.data());
  }
  return out;
}
}  // namespace

std::string address_text(wire::View bytes) {
  std::array<char, INET6_ADDRSTRLEN> out{};
  const int family = bytes.size() == 4 ? AF_INET : bytes.size() == 16 ? AF_INET6 : -1;
  if (family < 0 || !inet_ntop(family, bytes.data(), out.data(), out.size())) return {};
  return out.data();
}

bool is_numeric(const std::string& host) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return false;
  freeaddrinfo(found);
  return true;
}

bool is_ipv4(const std::string& host) {
  in_addr address{};
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

std::vector<Addresses> look_up(const std::vector<std::string>& hosts) {
  std::vector<Addresses> out(hosts.size());
  std::atomic<std::size_t> taken = 0;
  const auto work = [&] {
    for (std::size_t i = taken++; i < hosts.size(); i = taken++) out[i] = look_up(hosts[i]);
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < std::min(kThreads, hosts.size()); ++i) threads.emplace_back(work);
  work();
  threads.clear();  // joins
  return out;
}

}  // namespace tlspolicy::probe
