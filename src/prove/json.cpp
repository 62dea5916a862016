// SPDX-License-Identifier: Apache-2.0
// Targets as JSON, for the journal: recovery and undo prove again without manifests or a plan.
//
// Strict both ways: terms are written by name, every key is required, and an unknown key or name
// is an error, because a proof that forgot half of its target would say "complies".
#include <nlohmann/json.hpp>

#include "prove/prove.hpp"

namespace tlspolicy::prove {
namespace {
using nlohmann::json;

template <class Terms>
json names_of(const Terms& terms) {
  json out = json::array();
  for (const auto term : terms) out.push_back(std::string(name(term)));
  return out;
}

json tls_json(const TlsExpectation& e) {
  json order;
  if (e.order) order = *e.order == policy::Order::server ? "server" : "client";
  json out{{"protocols", names_of(e.protocols)},
           {"suites", names_of(e.suites)},
           {"tls13_suites", names_of(e.tls13_suites)},
           {"groups", names_of(e.groups)},
           {"schemes", names_of(e.schemes)},
           {"order", order},
           {"rsa_bits", e.rsa_bits},
           {"ec_bits", e.ec_bits},
           {"dh_bits", e.dh_bits}};
  if (const auto& p = e.of_policy; p != TlsExpectation::OfPolicy{})
    out["of_policy"] = {{"tls13_suites", names_of(p.tls13_suites)},
                        {"groups", names_of(p.groups)},
                        {"schemes", names_of(p.schemes)}};
  return out;
}

json ssh_json(const SshExpectation& e) {
  json blocks = json::array();
  for (const auto& one : e.blocks)
    blocks.push_back({{"text", one.text}, {"connection", one.connection}});
  return {{"kex", e.kex},
          {"ciphers", e.ciphers},
          {"macs", e.macs},
          {"host_keys", e.host_keys},
          {"public_keys", e.public_keys},
          {"rsa_bits", e.rsa_bits},
          {"blocks", blocks}};
}

// One object, read key by key; the first thing that is wrong is kept, as is what nobody asked for.
class Reader {
 public:
  Reader(const json& object, std::string where, std::string& wrong)
      : object_(object), where_(std::move(where)), wrong_(wrong) {
    if (!object_.is_object()) complain("", "is not an object");
  }
  const json& at(const char* key, bool (json::*is)() const noexcept) {
    static const json kNothing;
    read_.insert(key);
    if (!object_.is_object() || !object_.contains(key)) {
      complain(key, "is missing");
      return kNothing;
    }
    if (is && !(object_[key].*is)()) {
      complain(key, "has the wrong type");
      return kNothing;
    }
    return object_[key];
  }
  std::string string(const char* key) {
    const json& value = at(key, &json::is_string);
    return value.is_string() ? value.get<std::string>() : "";
  }
  int integer(const char* key, int most) {
    const json& value = at(key, &json::is_number_unsigned);
    if (!value.is_number_unsigned()) return 0;
    if (value.get<std::uint64_t>() > static_cast<std::uint64_t>(most)) {
      complain(key, "is too large");
      return 0;
    }
    return value.get<int>();
  }
  std::vector<std::string> strings(const char* key) {
    std::vector<std::string> out;
    for (const json& item : at(key, &json::is_array)) {
      if (!item.is_string()) {
        complain(key, "holds something else than names");
        return {};
      }
      out.push_back(item.get<std::string>());
    }
    return out;
  }
  template <class Named>
  auto terms(const char* key, Named named) {
    std::vector<typename std::invoke_result_t<Named, std::string_view>::value_type> out;
    for (const std::string& item : strings(key)) {
      if (const auto term = named(item))
        out.push_back(*term);
      else
        complain(key, "holds the unknown name '" + item + "'");
    }
    return out;
  }
  std::vector<Reader> objects(const char* key) {
    std::vector<Reader> out;
    for (const json& item : at(key, &json::is_array))
      out.emplace_back(item, where_ + "." + key, wrong_);
    return out;
  }
  bool has(const char* key) const { return object_.is_object() && object_.contains(key); }
  Reader inside(const char* key) { return {at(key, &json::is_object), where_ + "." + key, wrong_}; }
  void complain(const std::string& key, const std::string& what) {
    if (wrong_.empty()) wrong_ = where_ + (key.empty() ? "" : "." + key) + " " + what;
  }
  void finish() {
    for (const auto& [key, value] : object_.items())
      if (object_.is_object() && !read_.contains(key)) complain(key, "is not a known key");
  }

 private:
  const json& object_;
  std::string where_;
  std::string& wrong_;
  std::set<std::string> read_;
};

TlsExpectation::OfPolicy read_of_policy(Reader in) {
  TlsExpectation::OfPolicy out;
  out.tls13_suites = in.terms("tls13_suites", crypto::suite_named);
  out.groups = in.terms("groups", crypto::group_named);
  out.schemes = in.terms("schemes", crypto::scheme_named);
  in.finish();
  return out;
}

TlsExpectation read_tls(Reader in) {
  TlsExpectation out;
  out.protocols = in.terms("protocols", crypto::protocol_named);
  out.suites = in.terms("suites", crypto::suite_named);
  out.tls13_suites = in.terms("tls13_suites", crypto::suite_named);
  out.groups = in.terms("groups", crypto::group_named);
  out.schemes = in.terms("schemes", crypto::scheme_named);
  const json& order = in.at("order", nullptr);
  if (order == "server") out.order = policy::Order::server;
  if (order == "client") out.order = policy::Order::client;
  if (!out.order && !order.is_null()) in.complain("order", "is neither server, client nor null");
  out.rsa_bits = in.integer("rsa_bits", 1 << 20);
  out.ec_bits = in.integer("ec_bits", 1 << 20);
  out.dh_bits = in.integer("dh_bits", 1 << 20);
  if (in.has("of_policy")) out.of_policy = read_of_policy(in.inside("of_policy"));
  in.finish();
  return out;
}

SshExpectation read_ssh(Reader in) {
  SshExpectation out;
  out.kex = in.strings("kex");
  out.ciphers = in.strings("ciphers");
  out.macs = in.strings("macs");
  out.host_keys = in.strings("host_keys");
  out.public_keys = in.strings("public_keys");
  out.rsa_bits = in.integer("rsa_bits", 1 << 20);
  for (auto& block : in.objects("blocks")) {
    out.blocks.push_back({block.string("text"), block.string("connection")});
    block.finish();
  }
  in.finish();
  return out;
}

probe::Place read_place(Reader in) {
  probe::Place out;
  out.address = in.string("address");
  out.port = static_cast<std::uint16_t>(in.integer("port", 65'535));
  out.sni = in.string("sni");
  out.preamble = in.string("preamble");
  in.finish();
  return out;
}

Client read_client(Reader in) {
  Client out{in.string("way"), {}};
  const json& with = in.at("with", &json::is_object);
  for (const auto& [key, value] : with.items()) {
    if (!value.is_string()) in.complain("with", "holds something else than texts");
    out.with[key] = value.is_string() ? value.get<std::string>() : "";
  }
  if (out.way.empty()) in.complain("way", "is empty");
  in.finish();
  return out;
}
}  // namespace

std::string to_json(const Target& target) {
  json out = {{"service", target.service},
              {"endpoint", target.endpoint},
              {"place",
               {{"address", target.place.address},
                {"port", target.place.port},
                {"sni", target.place.sni},
                {"preamble", target.place.preamble}}},
              {"observed", names_of(target.observed)}};
  if (const auto* tls = std::get_if<TlsExpectation>(&target.expect))
    out["tls"] = tls_json(*tls);
  else
    out["ssh"] = ssh_json(std::get<SshExpectation>(target.expect));
  if (!target.client.way.empty())
    out["client"] = {{"way", target.client.way}, {"with", target.client.with}};
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Target> target_from_json(std::string_view text) {
  const json root = json::parse(text, nullptr, false);
  if (root.is_discarded()) return fail("bad-target", "a proof target is not JSON");
  std::string wrong;
  Reader in(root, "target", wrong);
  Target out;
  out.service = in.string("service");
  out.endpoint = in.string("endpoint");
  out.place = read_place(Reader(in.at("place", &json::is_object), "target.place", wrong));
  for (const Dimension d : in.terms("observed", dimension_named)) out.observed.insert(d);
  if (root.is_object() && root.contains("ssh"))
    out.expect = read_ssh(Reader(in.at("ssh", &json::is_object), "target.ssh", wrong));
  else
    out.expect = read_tls(Reader(in.at("tls", &json::is_object), "target.tls", wrong));
  if (root.is_object() && root.contains("client"))
    out.client = read_client(Reader(in.at("client", &json::is_object), "target.client", wrong));
  in.finish();
  if (!wrong.empty()) return fail("bad-target", "in a proof target, " + wrong);
  return out;
}

}  // namespace tlspolicy::prove
