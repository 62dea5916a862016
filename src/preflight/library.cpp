// SPDX-License-Identifier: Apache-2.0
// Loading a libssl and listening to it; see library.hpp.
#include "preflight/library.hpp"

#include <dlfcn.h>

#include <array>
#include <cstdlib>

namespace tlspolicy::preflight {
namespace {
constexpr int kErrorDataIsText = 0x02;  // ERR_TXT_STRING

// Symbols of libcrypto are found too: a handle searches what its library needs (dlsym(3)).
class Symbols {
 public:
  explicit Symbols(void* handle) : handle_(handle) {}

  template <class Function>
  void find(Function*& function, const char* name) {
    void* symbol = dlsym(handle_, name);
    if (!symbol && missing_.empty()) missing_ = name;
    function = reinterpret_cast<Function*>(symbol);
  }
  const std::string& missing() const { return missing_; }

 private:
  void* handle_;
  std::string missing_;
};

std::string find_all(void* handle, Functions& f) {
  Symbols symbols(handle);
  symbols.find(f.tls_server_method, "TLS_server_method");
  symbols.find(f.context_new, "SSL_CTX_new");
  symbols.find(f.context_free, "SSL_CTX_free");
  symbols.find(f.context_ctrl, "SSL_CTX_ctrl");
  symbols.find(f.set_cipher_list, "SSL_CTX_set_cipher_list");
  symbols.find(f.set_ciphersuites, "SSL_CTX_set_ciphersuites");
  symbols.find(f.get_ciphers, "SSL_CTX_get_ciphers");
  symbols.find(f.stack_num, "OPENSSL_sk_num");
  symbols.find(f.stack_value, "OPENSSL_sk_value");
  symbols.find(f.cipher_code_point, "SSL_CIPHER_get_protocol_id");
  symbols.find(f.cipher_version, "SSL_CIPHER_get_version");
  symbols.find(f.conf_new, "SSL_CONF_CTX_new");
  symbols.find(f.conf_free, "SSL_CONF_CTX_free");
  symbols.find(f.conf_set_flags, "SSL_CONF_CTX_set_flags");
  symbols.find(f.conf_set_context, "SSL_CONF_CTX_set_ssl_ctx");
  symbols.find(f.conf_command, "SSL_CONF_cmd");
  symbols.find(f.conf_finish, "SSL_CONF_CTX_finish");
  symbols.find(f.version, "OpenSSL_version");
  symbols.find(f.next_error, "ERR_get_error_line_data");
  symbols.find(f.error_reason, "ERR_reason_error_string");
  symbols.find(f.error_text, "ERR_error_string_n");
  return symbols.missing();
}
}  // namespace

std::unique_ptr<Library> Library::load(const std::string& path, std::string& problem) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    problem = dlerror();
    return nullptr;
  }
  auto out = std::make_unique<Library>();
  const auto missing = find_all(handle, out->functions_);
  if (!missing.empty()) {
    problem = path + " is no libssl of OpenSSL 1.1.1 or newer: it has no " + missing;
    return nullptr;
  }
  const auto& f = out->functions_;
  if (!Context(f.context_new(f.tls_server_method()), f.context_free)) {
    problem = path + " cannot serve TLS: " + out->errors();
    return nullptr;
  }
  return out;
}

Context Library::new_context() const {
  Context out(functions_.context_new(functions_.tls_server_method()), functions_.context_free);
  if (!out) std::abort();  // it could when it was loaded: out of memory
  errors();                // of the library's own configuration file: not an answer to a question
  return out;
}

std::string Library::errors() const {
  std::string out;
  const char* file = nullptr;
  const char* data = nullptr;
  int line = 0, flags = 0;
  while (const auto code = functions_.next_error(&file, &line, &data, &flags)) {
    if (!out.empty()) out += "; ";
    std::array<char, 256> text{};
    functions_.error_text(code, text.data(), text.size());
    const char* reason = functions_.error_reason(code);
    out += reason ? reason : text.data();
    if (data && (flags & kErrorDataIsText) && *data) out.append(" (").append(data).append(")");
  }
  return out;
}

}  // namespace tlspolicy::preflight
