// SPDX-License-Identifier: Apache-2.0
// Handshakes and faults; see finale.hpp.
#include "scan/finale.hpp"

#include <algorithm>

#include "base/lists.hpp"
#include "scan/certificate.hpp"
#include "scan/lists.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol;
using enum Protocol;

// RFC 5246 7.2: what a server says that cannot read what it got.
constexpr int kBadRecordMac = 20;
constexpr int kDecryptionFailed = 21;

// In TLS 1.3 certificate and signature are encrypted: one whole handshake for each kind of key that
// older versions showed, or whatever it gives where they showed none.
std::vector<probe::Wish> newest_wishes(const Endpoint& endpoint) {
  if (!accepts(endpoint, tls13)) return {};
  const probe::Wish any{.version = tls13,
                        .suites = find(endpoint, tls13)->suites.accepted,
                        .groups = endpoint.groups13.accepted,
                        .schemes = {},
                        .status = true};
  std::vector<probe::Wish> out;
  for (const auto& one : endpoint.schemes12) {
    if (one.schemes.accepted.empty() || one.key == "dsa") continue;
    out.push_back(any);
    out.back().schemes = schemes_of(one.key);
  }
  if (out.empty()) out.push_back(any);
  out.front().after = probe::After::await_tickets;
  return out;
}

// The other kind of key than that which signed; "": it was neither.
std::string other_kind(const probe::Handshake& shake) {
  const auto* signed_with = shake.scheme ? crypto::find(*shake.scheme) : nullptr;
  if (!signed_with) return {};
  if (signed_with->key == "rsa") return "ecdsa";
  return base::has(schemes_of("ecdsa"), *shake.scheme) ? "rsa" : "";
}

const Version* newest_older(const Endpoint& endpoint) {
  for (const auto version : {tls12, tls11, tls10})
    if (accepts(endpoint, version)) return find(endpoint, version);
  return nullptr;
}

// An EC certificate's curve has to be offered, although the server may take no key share on it (RFC
// 8422 5.1).
crypto::Groups groups_to_shake(const Endpoint& endpoint) {
  if (endpoint.groups12.accepted.empty()) return {};
  return base::with(endpoint.groups12.accepted, groups_for(tls12));
}

wire::Hello accepted_hello(const Endpoint& endpoint, const Version& version) {
  wire::Hello out{.versions = {version.protocol},
                  .suites = base::first_of(version.suites.accepted, kFamily),
                  .groups = groups_for(version.protocol),
                  .schemes = schemes_for(version.protocol),
                  .shares = {},
                  .sni = {}};
  if (!endpoint.groups12.accepted.empty()) out.groups = groups_to_shake(endpoint);
  return out;
}

Fact fact(bool yes) { return yes ? Fact::yes : Fact::no; }
}  // namespace

void Finale::start() {
  ++awaited_;  // until all of it is asked
  if (endpoint_.serves == Fact::yes) {
    ask_newest();
    if (const auto* older = newest_older(endpoint_)) {
      ask_older(*older);
      ask_faults(*older);
    }
  }
  came();
}

void Finale::came() {
  if (--awaited_ > 0) return;
  note_refused();
  on_end_();
}

void Finale::shake(probe::Wish wish, std::function<void(const probe::Handshake&)> then) {
  ++awaited_;
  wish.status = wish.status && bears_status_;
  enquiry_.shake_hands(endpoint_.target.place, wish,
                       [this, wish, then = std::move(then)](const probe::Handshake& shake) {
                         endpoint_.connections += shake.reached_server ? 1 : 0;
                         any_done_ = any_done_ || shake.done;
                         if (wish.status && !shake.done && shake.turned_down)
                           shake_plainly(wish, shake, then);
                         else
                           then(shake);
                         came();
                       });
}

// Again without asking for what some do not bear.
void Finale::shake_plainly(probe::Wish wish, const probe::Handshake& before,
                           std::function<void(const probe::Handshake&)> then) {
  wish.status = false;
  shake(wish, [this, before, then = std::move(then)](const probe::Handshake& shake) {
    if (shake.done) bears_status_ = false;
    then(shake.done ? shake : before);
  });
}

void Finale::poke(wire::Hello hello, wire::Poke what,
                  std::function<void(const wire::Reaction&)> then) {
  ++awaited_;
  enquiry_.poke(endpoint_.target.place, std::move(hello), what,
                [this, then = std::move(then)](const wire::Reaction& reaction) {
                  ++endpoint_.connections;
                  then(reaction);
                  came();
                });
}

void Finale::ask_newest() {
  for (const auto& wish : newest_wishes(endpoint_))
    shake(wish, [this, wish](const probe::Handshake& done) {
      note_newest(done);
      if (wish.schemes.empty() && done.done) ask_other_kind(wish, other_kind(done));
    });
  if (accepts(endpoint_, tls13) && !newest_older(endpoint_)) ask_protocols(application_protocols());
}

// Where no older version showed which kinds there are.
void Finale::ask_other_kind(probe::Wish wish, const std::string& kind) {
  if (kind.empty()) return;
  wish.schemes = schemes_of(kind);
  wish.after = probe::After::close;
  shake(wish, [this](const probe::Handshake& done) { note_newest(done); });
}

void Finale::note_newest(const probe::Handshake& shake) {
  if (!shake.done) return not_done_.push_back(shake);
  endpoint_.signed13.push_back({shake.scheme, shake.key_type});
  add_chain(endpoint_, {shake.certificates, shake.staple}, tls13);
  auto& facts = endpoint_.facts;
  note_demand(shake);
  const bool tickets_known = shake.after_known && !shake.demands_certificate;
  tickets_known_ = tickets_known_ || tickets_known;
  if (shake.staple || (bears_status_ && facts.ocsp_stapling == Fact::unknown))
    facts.ocsp_stapling = fact(shake.staple.has_value());
  if (shake.ticket || (tickets_known && facts.tickets == Fact::unknown))
    facts.tickets = fact(shake.ticket);
}

// Only who waited for the server's last word knows that in TLS 1.3.
void Finale::note_demand(const probe::Handshake& shake) {
  auto& demanded = endpoint_.facts.client_certificate;
  if (shake.demands_certificate)
    demanded = Fact::yes;
  else if (demanded == Fact::unknown && (shake.version < tls13 || shake.after_known))
    demanded = Fact::no;
}

// Beside a handshake that was done a refusal says that keys of the other kind are not used there.
void Finale::note_refused() {
  for (const auto& shake : not_done_)
    if (endpoint_.signed13.empty() || !shake.turned_down)
      endpoint_.gaps.push_back({"the certificate in TLSv1.3", shake.why});
  // TLS 1.2 showed none, and TLS 1.3 could not be looked into.
  if (accepts(endpoint_, tls13) && !tickets_known_ && endpoint_.facts.tickets == Fact::no)
    endpoint_.facts.tickets = Fact::unknown;
}

// One after the other, as long as it takes one; RFC 7301 3.2: nothing in common may be refused.
void Finale::ask_protocols(const std::vector<std::string>& left) {
  const Version& version = *find(endpoint_, tls13);
  const probe::Wish wish{.version = tls13,
                         .suites = version.suites.accepted,
                         .groups = endpoint_.groups13.accepted,
                         .schemes = {},
                         .alpn = left};
  shake(wish, [this, left](const probe::Handshake& shake) {
    if (!shake.done || !base::has(left, shake.alpn)) return;
    endpoint_.facts.alpn.push_back(shake.alpn);
    auto rest = left;
    std::erase(rest, shake.alpn);
    if (!rest.empty()) ask_protocols(rest);
  });
}

// A session without a ticket can come back only by its id.  The second connection asks for another
// handshake inside it, for a server may forget a session that ends with an alert.
void Finale::ask_older(const Version& version) {
  probe::Wish wish{.version = version.protocol,
                   .suites = version.suites.accepted,
                   .groups = groups_to_shake(endpoint_),
                   .schemes = {},
                   .tickets = false};
  shake(wish, [this, wish](const probe::Handshake& first) mutable {
    // What our own library cannot offer is no fault of the endpoint's.
    if (!first.done && first.reached_server)
      endpoint_.gaps.push_back({"resumption and renegotiation", first.why});
    if (!first.done) return;
    note_demand(first);
    // Without a certificate of ours the session was never the server's to keep.
    if (first.demands_certificate) return;
    wish.resume = first.session;
    wish.after = probe::After::renegotiate;
    shake(wish, [this](const probe::Handshake& second) {
      if (!second.done) return;
      endpoint_.facts.session_ids = fact(second.resumed);
      if (second.renegotiated || second.after_known)
        endpoint_.facts.client_renegotiation = fact(second.renegotiated);
    });
  });
}

void Finale::ask_faults(const Version& version) {
  wire::Hello hello = accepted_hello(endpoint_, version);
  poke(hello, wire::Poke::early_ccs, [this](const wire::Reaction& reaction) {
    if (reaction.alert)
      endpoint_.facts.ccs_injection =
          fact(*reaction.alert == kBadRecordMac || *reaction.alert == kDecryptionFailed);
  });
  if (endpoint_.facts.heartbeat != Fact::yes) {
    endpoint_.facts.heartbleed = endpoint_.facts.heartbeat;
    return;
  }
  hello.extras.heartbeat = true;
  poke(hello, wire::Poke::heartbeat, [this](const wire::Reaction& reaction) {
    if (reaction.echoed || reaction.alert || reaction.closed)
      endpoint_.facts.heartbleed = reaction.asked ? fact(reaction.echoed) : Fact::unknown;
  });
}

}  // namespace tlspolicy::scan
