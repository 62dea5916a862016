// SPDX-License-Identifier: Apache-2.0
// A whole handshake by libssl with exactly one version: the proof that something inside a policy
// works, and the only way to see what TLS 1.3 encrypts (certificate, signature).
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string>

#include "base/text.hpp"
#include "probe/connect.hpp"
#include "probe/peer.hpp"
#include "probe/probe.hpp"

namespace tlspolicy::probe {
namespace {
using crypto::Protocol;
using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;

// OpenSSL keeps errors in a queue of the thread: the newest says what happened.
std::string library_words() {
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  const char* words = error == 0 ? nullptr : ERR_reason_error_string(error);
  return words == nullptr ? "the library gives no reason" : words;
}

Context make_context(Protocol version) {
  // NO_LOAD_CONFIG: /etc/ssl/openssl.cnf may itself carry a policy of this host.
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context) return context;
  const int number = static_cast<int>(version);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_options(context.get(), SSL_OP_LEGACY_SERVER_CONNECT);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  if (SSL_CTX_set_min_proto_version(context.get(), number) != 1 ||
      SSL_CTX_set_max_proto_version(context.get(), number) != 1)
    context.reset();
  return context;
}

// libssl's own words for code points, asked from it; "" where it has none.
std::string words_for(SSL_CTX* context, Protocol version, const crypto::Suites& suites) {
  const Session any(SSL_new(context), SSL_free);
  std::vector<std::string> words;
  for (const auto suite : suites) {
    const auto number = static_cast<std::uint32_t>(suite);
    const unsigned char wire[] = {static_cast<unsigned char>(number >> 8 & 0xFF),
                                  static_cast<unsigned char>(number & 0xFF)};
    if (number > 0xFFFF || !crypto::usable_in(suite, version)) continue;
    if (const SSL_CIPHER* known = SSL_CIPHER_find(any.get(), wire))
      words.emplace_back(SSL_CIPHER_get_name(known));
  }
  return base::join(words, ":");
}

bool set_suites(SSL_CTX* context, Protocol version, const crypto::Suites& suites) {
  const std::string words = words_for(context, version, suites);
  if (words.empty()) return false;
  if (version == Protocol::tls13) return SSL_CTX_set_ciphersuites(context, words.c_str()) == 1;
  return SSL_CTX_set_cipher_list(context, (words + ":@SECLEVEL=0").c_str()) == 1;
}

// Sets the groups that the library can; false where groups were asked and none is left.
bool set_groups(SSL_CTX* context, const crypto::Groups& groups, Handshake& out) {
  std::vector<std::string> words;
  for (const auto group : groups) {
    const std::string word = crypto::name(group);
    if (SSL_CTX_set1_groups_list(context, word.c_str()) == 1)
      words.push_back(word);
    else
      out.groups_left_out.push_back(group);
  }
  ERR_clear_error();
  if (words.empty()) return groups.empty();
  return SSL_CTX_set1_groups_list(context, base::join(words, ":").c_str()) == 1;
}

// What the session would really offer: a suite may be known and yet lack its algorithms or keys,
// and a version may be missing from the library's build.
crypto::Suites offered_by(SSL* session) {
  crypto::Suites out;
  STACK_OF(SSL_CIPHER)* known = SSL_get1_supported_ciphers(session);
  for (int i = 0; known != nullptr && i < sk_SSL_CIPHER_num(known); ++i)
    out.push_back(
        static_cast<crypto::Suite>(SSL_CIPHER_get_protocol_id(sk_SSL_CIPHER_value(known, i))));
  sk_SSL_CIPHER_free(known);
  return out;
}

// False where nothing is left; what is missing goes into `out`.
bool can_offer(SSL* session, Protocol version, const crypto::Suites& suites, Handshake& out) {
  const crypto::Suites offered = offered_by(session);
  for (const auto suite : suites)
    if (crypto::usable_in(suite, version) && std::ranges::find(offered, suite) == offered.end())
      out.suites_left_out.push_back(suite);
  return !offered.empty();
}

Session make_session(const Place& place, Protocol version, const crypto::Suites& suites,
                     const crypto::Groups& groups, Handshake& out) {
  const auto refuse = [&](std::string why) {
    out.reached_server = false;
    out.why = std::move(why);
    ERR_clear_error();
    return Session(nullptr, SSL_free);
  };
  const Context context =
      version == Protocol::ssl2 ? Context(nullptr, SSL_CTX_free) : make_context(version);
  const std::string version_name(crypto::name(version));
  if (!context) return refuse("the local library cannot speak " + version_name);
  if (!set_suites(context.get(), version, suites))
    return refuse("the local library has none of the suites for " + version_name);
  if (!set_groups(context.get(), groups, out))
    return refuse("the local library has none of the groups");
  Session session(SSL_new(context.get()), SSL_free);
  if (!session || !can_offer(session.get(), version, suites, out))
    return refuse("the local library cannot speak " + version_name + " with these suites");
  // SSL_set_tlsext_host_name without its C cast; the library copies the name.
  if (!place.sni.empty())
    SSL_ctrl(session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(place.sni.c_str()));
  return session;
}

// Waits until the socket can go on; false at the limit.
bool wait_for(int fd, short events, Clock::time_point deadline) {
  pollfd waiting{fd, events, 0};
  for (;;) {
    const int left = milliseconds_until(deadline);
    const int ready = ::poll(&waiting, 1, left);
    if (ready > 0) return true;
    if (ready == 0 || left == 0) return false;
  }
}

std::string connected(int fd, Clock::time_point deadline) {
  if (!wait_for(fd, POLLOUT, deadline)) return "no connection until the limit";
  return connect_error(fd);
}

std::string words_of(const wire::Answer& answer) {
  if (const auto* declined = std::get_if<wire::Declined>(&answer))
    return "no TLS: " + declined->why;
  if (const auto* nonsense = std::get_if<wire::Nonsense>(&answer)) return nonsense->why;
  return "silence before TLS";
}

// "" once TLS may begin.  The few bytes of a preamble always fit into the socket's buffer.
std::string talk_until_tls(wire::StartTls preamble, int fd, Clock::time_point deadline) {
  while (!preamble.started()) {
    const wire::Bytes out = preamble.to_send();
    if (::send(fd, out.data(), out.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(out.size()))
      return words_of(preamble.end());
    if (preamble.started()) break;
    if (!wait_for(fd, POLLIN, deadline)) return words_of(preamble.overdue());
    std::array<std::uint8_t, 4096> buffer{};
    const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count <= 0) return words_of(preamble.end());
    if (const auto answer = preamble.feed({buffer.data(), static_cast<std::size_t>(count)}))
      return words_of(*answer);
  }
  return {};
}

// "" once it is done, else why not.
std::string shake_hands(SSL* session, int fd, Clock::time_point deadline, bool& turned_down) {
  SSL_set_fd(session, fd);
  for (;;) {
    ERR_clear_error();
    const int result = SSL_connect(session);
    if (result == 1) return {};
    const int error = SSL_get_error(session, result);
    if (error == SSL_ERROR_SYSCALL) return "the connection was closed or reset";
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      turned_down = true;
      return library_words();
    }
    if (!wait_for(fd, error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline))
      return "no whole handshake until the limit";
  }
}

}  // namespace

Handshake full_handshake(const Place& place, Protocol version, const crypto::Suites& suites,
                         const crypto::Groups& groups, std::chrono::milliseconds limit,
                         std::chrono::milliseconds greeting) {
  Handshake out;
  out.version = version;
  const auto preamble = preamble_to(place);
  if (!place.preamble.empty() && !preamble) {
    out.reached_server = false;
    out.why = "\"" + place.preamble + "\" is no preamble of TLS that is known";
    return out;
  }
  const Session session = make_session(place, version, suites, groups, out);
  if (!session) return out;
  auto deadline = Clock::now() + limit;
  const auto socket = start_connect(place);
  if (!socket) {
    out.why = socket.error().what;
    return out;
  }
  out.why = connected(socket->fd(), deadline);
  if (out.why.empty() && preamble) {
    out.why = talk_until_tls(*preamble, socket->fd(), deadline + greeting);
    deadline = Clock::now() + limit;
  }
  if (out.why.empty())
    out.why = shake_hands(session.get(), socket->fd(), deadline, out.turned_down);
  out.done = out.why.empty();
  if (!out.done) return out;
  describe_session(session.get(), out);
  SSL_shutdown(session.get());
  ERR_clear_error();
  return out;
}

}  // namespace tlspolicy::probe
