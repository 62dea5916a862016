// SPDX-License-Identifier: Apache-2.0
// One conversation with cleanup(8) over a local socket; see queue.hpp.
#include "probe/queue.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>

#include "probe/connect.hpp"
#include "wire/queue_client.hpp"

namespace tlspolicy::probe {
namespace {

std::string socket_in(const std::string& folder) { return folder + "/public/cleanup"; }

tl::unexpected<Error> not_asked(int error, const std::string& path) {
  const bool may_not = error == EACCES || error == EPERM;
  return fail("client-not-asked",
              "a message cannot be given to Postfix: " + std::generic_category().message(error),
              path, may_not ? "run it with sudo" : "is it running? `postfix status` tells");
}

Result<Socket> connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return not_asked(ENAMETOOLONG, path);
  path.copy(address.sun_path, path.size());
  Socket out(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (out.fd() < 0 ||
      ::connect(out.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return not_asked(errno, path);
  return out;
}

}  // namespace

Result<uid_t> queue_owner(const std::string& folder) {
  struct stat seen {};
  const auto path = socket_in(folder);
  if (::stat(path.c_str(), &seen) != 0) return not_asked(errno, path);
  return seen.st_uid;
}

Result<void> put_in_queue(const std::string& folder, const std::string& next_hop,
                          const std::function<Result<void>(const std::string& id)>& named,
                          std::chrono::milliseconds limit) {
  const auto path = socket_in(folder);
  const auto socket = connect_to(path);
  if (!socket) return tl::make_unexpected(socket.error());
  const auto until = Clock::now() + limit;
  wire::QueueClient client(next_hop, std::time(nullptr));
  bool told = false;
  while (!client.done()) {
    pollfd one{socket->fd(), POLLIN, 0};
    if (::poll(&one, 1, milliseconds_until(until)) <= 0) return not_asked(ETIMEDOUT, path);
    std::array<std::uint8_t, 4096> buffer{};
    const auto count = ::recv(socket->fd(), buffer.data(), buffer.size(), 0);
    if (count <= 0) return not_asked(count == 0 ? ECONNRESET : errno, path);
    if (auto fine = client.feed(wire::View(buffer).first(static_cast<std::size_t>(count))); !fine)
      return fine;
    if (client.id().empty()) continue;
    if (!told)
      if (auto safe = named(client.id()); !safe) return safe;
    told = true;
    client.go_on();
    const auto bytes = client.to_send();  // one kilobyte: it fits into any socket's buffer
    if (!bytes.empty() && ::send(socket->fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
                              static_cast<ssize_t>(bytes.size()))
      return not_asked(errno, path);
  }
  return {};
}

}  // namespace tlspolicy::probe
