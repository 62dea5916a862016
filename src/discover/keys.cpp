// SPDX-License-Identifier: Apache-2.0
// Certificates and keys: type, size, validity; see parts.hpp.
#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>
#include <set>

#include "base/lists.hpp"
#include "base/text.hpp"
#include "discover/parts.hpp"

namespace tlspolicy::discover {
namespace {
using service::Certificate;

constexpr std::size_t kMaxUserFiles = 4096;

std::string key_type(int id) {
  switch (id) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      return "RSA";
    case EVP_PKEY_EC:
      return "EC";
    case EVP_PKEY_ED25519:
      return "ED25519";
    case EVP_PKEY_ED448:
      return "ED448";
    case EVP_PKEY_DSA:
      return "DSA";
    default:
      return "other";
  }
}

std::string rfc3339(const ASN1_TIME* time) {
  tm parts{};
  if (!ASN1_TIME_to_tm(time, &parts)) return {};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

using Leaf = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Leaf leaf_of(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  return {PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free};
}

bool holds_key(std::string_view pem) {
  return pem.find("PRIVATE KEY-----") != std::string_view::npos;
}

// One behind a passphrase is not asked for.
Key key_of(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const auto nobody = [](char*, int, int, void*) { return 0; };
  return {PEM_read_bio_PrivateKey(bio.get(), nullptr, nobody, nullptr), &EVP_PKEY_free};
}

// A file that begins with a key may hold several, each before its own chain (postconf(5),
// smtpd_tls_chain_files); else all of it is one chain.
std::vector<std::string> chains_in(const std::string& pem) {
  constexpr std::string_view kBegin = "-----BEGIN ", kKey = "PRIVATE KEY-----";
  std::vector<std::string> out(1);
  bool with_keys = false;
  for (auto at = pem.find(kBegin); at != std::string::npos;) {
    const auto next = pem.find(kBegin, at + kBegin.size());
    const auto line = std::string_view(pem).substr(at, pem.find('\n', at) - at);
    const bool is_key = line.find(kKey) != std::string_view::npos;
    if (out.back().empty()) with_keys = is_key;
    if (is_key && with_keys && !out.back().empty()) out.emplace_back();
    out.back() += pem.substr(at, next == std::string::npos ? next : next - at);
    at = next;
  }
  return out;
}

// The first certificate of a chain is the leaf.
std::optional<Certificate> parse(const std::string& path, const std::string& pem, time_t now) {
  const Leaf leaf = leaf_of(pem);
  if (!leaf) return std::nullopt;
  Certificate out;
  out.path = path;
  if (const EVP_PKEY* key = X509_get0_pubkey(leaf.get())) {
    out.key_type = key_type(EVP_PKEY_get_base_id(key));
    out.bits = EVP_PKEY_get_bits(key);
  }
  char subject[512] = {};
  X509_NAME_oneline(X509_get_subject_name(leaf.get()), subject, sizeof subject);
  out.subject = subject;
  out.not_after = rfc3339(X509_get0_notAfter(leaf.get()));
  out.expired = X509_cmp_time(X509_get0_notAfter(leaf.get()), &now) < 0;
  out.self_signed = X509_self_signed(leaf.get(), 0) == 1;
  return out;
}

// 0: no parameters in it.
int parameter_bits(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> parameters(
      PEM_read_bio_Parameters(bio.get(), nullptr), &EVP_PKEY_free);
  return parameters ? EVP_PKEY_get_bits(parameters.get()) : 0;
}

// "2048 SHA256:… comment (RSA)", ssh-keygen(1) -l; one line a key.
struct Listed {
  int bits = 0;
  std::string type;
};
std::vector<Listed> list_keys(host::Host& host, const service::Instance& instance,
                              const std::string& path) {
  std::vector<Listed> out;
  const auto listed = run(host, instance, {"ssh-keygen", "-l", "-f", path}, 10);
  if (!listed || listed->status != 0) return out;
  for (const auto& line : base::lines(listed->out)) {
    const auto words = base::words(line);
    if (words.size() < 3) continue;
    std::string type = words.back();
    if (type.size() > 2 && type.front() == '(') type = type.substr(1, type.size() - 2);
    out.push_back({std::atoi(words.front().c_str()), type});
  }
  return out;
}

}  // namespace

namespace {
// "/etc/postfix/main.cf:7: smtpd_tls_cert_file", for people.
std::string named_in(const std::vector<config::Source>& settings, const std::string& path) {
  for (const auto& one : settings)
    for (const auto& word : one.setting.args)
      if (word == path || word == "<" + path)
        return fmt::format("{}:{}: {}", one.file, one.setting.line, one.setting.key);
  return "the setting that names it";
}

// Who is not root may not be able to read it, and says so already.
void tell_missing(host::Host& host, const std::vector<config::Source>& settings,
                  const std::string& path, const std::string& what, service::Instance& instance) {
  if (!host.is_root()) return instance.notes.push_back(fmt::format("{}: {}", path, what));
  instance.warnings.push_back({"certificate-missing", what, path,
                               fmt::format("correct {}, or the file", named_in(settings, path))});
}
}  // namespace

void read_certificates(host::Host& host, const std::vector<config::Source>& settings,
                       service::Instance& instance) {
  std::set<std::string> looked_at;
  const time_t now = std::chrono::system_clock::to_time_t(host.now());
  for (const auto& endpoint : instance.endpoints)
    for (const auto& path : endpoint.certificates) {
      if (!looked_at.insert(path).second) continue;
      const auto state = state_behind(host, path);
      bool found = false;
      for (const auto& chain : chains_in(state ? state->content : ""))
        if (auto certificate = parse(path, chain, now)) {
          instance.certificates.push_back(std::move(*certificate));
          found = true;
        }
      const bool key_alone = state && !found && holds_key(state->content);
      if (!found && !key_alone)
        tell_missing(host, settings, path,
                     state ? "no certificate could be read from it" : state.error().what, instance);
    }
}

// A key that is not there, or another one's: the service does not tell before somebody connects.
void read_keys(host::Host& host, service::Instance& instance) {
  if (!host.is_root()) return;
  const auto text = [&](const std::string& path) -> std::optional<std::string> {
    const auto state = state_behind(host, path);
    if (!state || state->kind != base::FileState::Kind::file) return std::nullopt;
    return state->content;
  };
  const auto warn = [&](const char* id, const service::KeyFile& key, const std::string& what) {
    instance.warnings.push_back(
        {id, what, key.path, fmt::format("correct {}, or the file", key.setting)});
  };
  std::vector<service::KeyFile> looked_at;  // most endpoints have the same
  for (const auto& endpoint : instance.endpoints)
    for (const auto& one : endpoint.keys) {
      if (base::has(looked_at, one)) continue;
      looked_at.push_back(one);
      const auto pem = text(one.path);
      if (!pem || !holds_key(*pem)) {
        warn("key-missing", one,
             fmt::format("{} names it, and there is no private key in it", one.setting));
        continue;
      }
      const auto certificate = text(one.certificate);
      const Leaf leaf = certificate ? leaf_of(*certificate) : Leaf(nullptr, &X509_free);
      const Key key = key_of(*pem);
      if (leaf && key && X509_check_private_key(leaf.get(), key.get()) != 1)
        warn("key-unfit", one,
             fmt::format("it is not the key of the certificate {}", one.certificate));
    }
}

void read_parameters(host::Host& host, const service::Manifest& manifest,
                     const std::vector<config::Source>& settings, service::Instance& instance) {
  for (const auto& source : settings)
    for (const auto& row : manifest.overrides) {
      if (row.reads != "dh-file") continue;
      const auto value = service::value_of(row.key, source.setting.key, source.setting.args);
      if (!value) continue;
      const std::string path = value->starts_with('<') ? value->substr(1) : *value;
      const auto state = state_behind(host, path);
      const int bits = state ? parameter_bits(state->content) : 0;
      if (bits > 0)
        instance.capability.readings[fmt::format("dh-file {}", *value)] = {std::to_string(bits)};
    }
}

void read_host_keys(host::Host& host, service::Instance& instance) {
  if (instance.endpoints.empty()) return;
  for (const auto& path : instance.endpoints.front().certificates)
    for (const auto& key : list_keys(host, instance, path))
      instance.certificates.push_back(
          {path, key.type == "ECDSA" ? "EC" : key.type, key.bits, "", "", false, false});
}

void read_user_keys(host::Host& host, service::Instance& instance) {
  const auto passwd = host.read("/etc/passwd");
  if (!passwd) return;
  const auto setting = instance.dump.find("authorizedkeysfile");
  const auto patterns = base::words(setting == instance.dump.end() ? "" : setting->second);
  std::size_t files = 0;
  for (const auto& line : base::lines(passwd->content)) {
    const auto fields = base::split(line, ':');
    if (fields.size() < 7 || fields[5].empty()) continue;
    for (const auto& pattern : patterns) {  // sshd_config(5), AuthorizedKeysFile: %h %u %%
      std::string path =
          base::replace_all(base::replace_all(pattern, "%h", fields[5]), "%u", fields[0]);
      if (!path.starts_with('/')) path = fields[5] + "/" + path;
      const auto state = host.read(path);
      if (!state || state->kind == base::FileState::Kind::absent || ++files > kMaxUserFiles)
        continue;
      for (const auto& key : list_keys(host, instance, path))
        instance.user_keys.push_back({fields[0], path, key.type, key.bits});
    }
  }
}

}  // namespace tlspolicy::discover
