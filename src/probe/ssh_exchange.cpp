// SPDX-License-Identifier: Apache-2.0
// An SSH key exchange carried through: both versions, both KEXINIT, the server's host key, NEWKEYS
// on both sides, and the message behind them.  Servers that count connections which break off
// (PerSourcePenalties of OpenSSH 9.8) see one that came to its keys and then left.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "probe/conversation.hpp"
#include "probe/ssh_crypto.hpp"
#include "wire/quoted.hpp"

namespace tlspolicy::probe {
namespace {
using wire::Bytes, wire::SshMessage;

constexpr std::uint32_t kLeastField = 1'024;  // RFC 4419 3
constexpr std::uint32_t kUsualField = 2'048;
constexpr std::uint32_t kMostField = 8'192;

std::string first_or_none(const std::vector<std::string>& names) {
  return names.empty() ? "none" : names.front();
}

class Exchange : public Conversation {
 public:
  Exchange(SshWish wish, std::uint64_t seed, SshShakeThen then)
      : wish_(std::move(wish)), seed_(seed), then_(std::move(then)) {
    out_.assign(wire::kSshVersion.begin(), wire::kSshVersion.end());
  }

  Bytes to_send() override { return std::exchange(out_, {}); }
  void feed(wire::View bytes) override {
    if (done_) return;
    stream_.feed(bytes);
    while (!done_ && phase_ != Phase::encrypted) {
      const auto payload = stream_.next();
      if (!stream_.broken().empty()) return end(stream_.broken());
      if (!payload) return;
      take(*payload);
    }
    if (!done_) read_encrypted();
  }
  bool done() const override { return done_; }
  void on_close(bool reset) override {
    if (stream_.banner().empty() && !stream_.seen().empty())
      return end("closed after " + wire::quoted(stream_.seen()));
    end(reset ? "a reset" : "a close");
  }
  void on_timeout() override {
    end(stream_.seen().empty() ? "silence" : "no more until the limit");
  }
  void on_unreachable(std::string why) override {
    shake_.unreachable = true;
    end("no connection: " + why);
  }
  void deliver() override {
    if (then_) then_(shake_);
  }

 private:
  enum class Phase { greeting, field, reply, newkeys, encrypted };

  void end(std::string why) {
    if (!done_) shake_.why = std::move(why);
    done_ = true;
  }
  void say(const Bytes& payload) {
    const Bytes packet = wire::ssh_packet(payload);
    out_.insert(out_.end(), packet.begin(), packet.end());
  }
  void take(const Bytes& payload) {
    if (is_message(payload, SshMessage::disconnect)) return end("it disconnected");
    switch (phase_) {
      case Phase::greeting:
        return propose(payload);
      case Phase::field:
        return take_field(payload);
      case Phase::reply:
        return take_reply(payload);
      case Phase::newkeys:
        if (!is_message(payload, SshMessage::newkeys)) return unexpected(payload);
        say({static_cast<std::uint8_t>(SshMessage::newkeys)});
        keys_.packets_before = stream_.packets();
        phase_ = Phase::encrypted;
        return;
      case Phase::encrypted:
        return;
    }
  }
  void unexpected(const Bytes& payload) {
    end(fmt::format("an SSH message {} out of place", payload.front()));
  }

  void append_share(Bytes& out, const Bytes& share) const {
    if (secret_->finite_field())
      wire::append_mpint(out, share);
    else
      wire::append_string(out, share);
  }
  void propose(const Bytes& payload);
  void take_field(const Bytes& payload);
  void take_reply(const Bytes& payload);
  Bytes exchange_hash(const wire::SshReply&) const;
  void read_encrypted();

  SshWish wish_;
  std::uint64_t seed_;
  SshShakeThen then_;
  wire::SshStream stream_;
  Bytes out_;
  Phase phase_ = Phase::greeting;
  bool done_ = false;
  SshShake shake_;
  const SshKex* kex_ = nullptr;
  std::optional<SshSecret> secret_;
  std::optional<wire::SshGroup> field_;
  Bytes asked_field_, client_kexinit_, server_kexinit_;
  SshKeys keys_;
};

void Exchange::propose(const Bytes& payload) {
  auto offer = wire::parse_kexinit(payload);
  if (!offer) return unexpected(payload);
  offer->banner = stream_.banner();
  shake_.offer = offer;
  server_kexinit_ = payload;
  kex_ = wish_.field_bits > 0 ? choose_asked_field(offer->kex) : choose_kex(offer->kex);
  const auto plain = std::ranges::find_if(offer->host_keys, [](const std::string& name) {
    return name.find("-cert-") == std::string::npos;
  });
  if (!kex_) return end("no key exchange in common");
  if (wish_.host_key.empty() && plain == offer->host_keys.end()) return end("no plain host key");
  keys_.cipher = choose_cipher(offer->ciphers_to_client);
  keys_.hash = kex_->hash;
  wire::SshProposal proposal{.kex = std::string(kex_->name),
                             .host_key = wish_.host_key.empty() ? *plain : wish_.host_key,
                             .cipher_to_server = first_or_none(offer->ciphers_to_server),
                             .cipher_to_client = keys_.cipher,
                             .mac_to_server = first_or_none(offer->macs_to_server),
                             .mac_to_client = first_or_none(offer->macs_to_client)};
  if (keys_.cipher.empty()) proposal.cipher_to_client = first_or_none(offer->ciphers_to_client);
  keys_.length_in_clear = proposal.mac_to_client.ends_with("-etm@openssh.com");
  client_kexinit_ = wire::write_kexinit(proposal, seed_);
  say(client_kexinit_);
  if (kex_->kind == SshKex::Kind::asked_field) {
    const auto bits = static_cast<std::uint32_t>(wish_.field_bits);
    wire::append_u32(asked_field_, bits > 0 ? bits : kLeastField);
    wire::append_u32(asked_field_, bits > 0 ? bits : kUsualField);
    wire::append_u32(asked_field_, bits > 0 ? bits : kMostField);
    Bytes request{static_cast<std::uint8_t>(SshMessage::gex_request)};
    request.insert(request.end(), asked_field_.begin(), asked_field_.end());
    phase_ = Phase::field;
    return say(request);
  }
  secret_ = SshSecret::make(*kex_);
  if (!secret_) return end("the local library cannot do " + std::string(kex_->name));
  Bytes init{static_cast<std::uint8_t>(SshMessage::kex_init)};
  append_share(init, secret_->share());
  phase_ = Phase::reply;
  say(init);
}

void Exchange::take_field(const Bytes& payload) {
  if (!is_message(payload, SshMessage::kex_reply)) return unexpected(payload);
  field_ = wire::parse_gex_group(payload);
  if (!field_) return end("a field that cannot be read");
  shake_.field_bits =
      static_cast<int>((field_->p.size() - 1) * 8) + std::bit_width(field_->p.front());
  if (wish_.field_bits > 0) return end("");
  secret_ = SshSecret::make_in(*field_);
  if (!secret_) return end("a field in which nothing can be computed");
  Bytes init{static_cast<std::uint8_t>(SshMessage::gex_init)};
  wire::append_mpint(init, secret_->share());
  phase_ = Phase::reply;
  say(init);
}

void Exchange::take_reply(const Bytes& payload) {
  if (!is_message(payload, field_ ? SshMessage::gex_reply : SshMessage::kex_reply))
    return unexpected(payload);
  const auto reply = wire::parse_kex_reply(payload, secret_->finite_field());
  if (!reply) return end("a key exchange that cannot be read");
  shake_.host_key = reply->host_key;
  const Bytes shared = secret_->agree(reply->server_share);
  if (shared.empty() || keys_.cipher.empty())
    return end("the message behind the keys cannot be read with " + std::string(kex_->name));
  wire::append_mpint(keys_.shared, shared);
  keys_.exchange_hash = exchange_hash(*reply);
  phase_ = Phase::newkeys;
}

// RFC 4253 8, RFC 5656 4, RFC 4419 3.
Bytes Exchange::exchange_hash(const wire::SshReply& reply) const {
  Bytes out;
  const auto text = [](std::string_view words) { return Bytes(words.begin(), words.end()); };
  const auto ours = wire::kSshVersion.substr(0, wire::kSshVersion.size() - 2);
  for (const Bytes& one :
       {text(ours), text(stream_.banner()), client_kexinit_, server_kexinit_, reply.host_key})
    wire::append_string(out, one);
  if (field_) {
    out.insert(out.end(), asked_field_.begin(), asked_field_.end());
    wire::append_mpint(out, field_->p);
    wire::append_mpint(out, field_->g);
  }
  append_share(out, secret_->share());
  append_share(out, reply.server_share);
  out.insert(out.end(), keys_.shared.begin(), keys_.shared.end());
  return hash_of(keys_.hash, out);
}

void Exchange::read_encrypted() {
  constexpr std::size_t kMost = std::size_t{64} * 1024;
  const auto payload = first_packet(keys_, stream_.rest());
  if (payload) {
    shake_.sig_algs = wire::parse_sig_algs(*payload);
    return end(shake_.sig_algs ? "" : "something else stands behind the keys");
  }
  if (stream_.rest().size() > kMost) end("what stands behind the keys cannot be read");
}

}  // namespace

std::unique_ptr<Conversation> ssh_exchange(SshWish wish, std::uint64_t seed, SshShakeThen then) {
  return std::make_unique<Exchange>(std::move(wish), seed, std::move(then));
}

}  // namespace tlspolicy::probe
