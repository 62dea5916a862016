// SPDX-License-Identifier: Apache-2.0
// A service's own libssl, loaded by its path: the few functions of it that we ask.
//
// Declared by hand and found by name, because this program must not be linked with any OpenSSL: it
// speaks with 1.1.1, 3.0 and 3.5 alike.  All these functions are in the manual pages of 1.1.1 and
// have kept their shapes since.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace tlspolicy::preflight {

struct SslMethod;  // opaque, OpenSSL's own
struct SslContext;
struct ConfContext;
struct CipherStack;
struct Cipher;

struct Functions {
  const SslMethod* (*tls_server_method)() = nullptr;
  SslContext* (*context_new)(const SslMethod*) = nullptr;
  void (*context_free)(SslContext*) = nullptr;
  long (*context_ctrl)(SslContext*, int command, long number, void* pointer) = nullptr;
  int (*set_cipher_list)(SslContext*, const char*) = nullptr;
  int (*set_ciphersuites)(SslContext*, const char*) = nullptr;
  CipherStack* (*get_ciphers)(const SslContext*) = nullptr;
  int (*stack_num)(const CipherStack*) = nullptr;
  const Cipher* (*stack_value)(const CipherStack*, int) = nullptr;
  std::uint16_t (*cipher_code_point)(const Cipher*) = nullptr;
  const char* (*cipher_version)(const Cipher*) = nullptr;
  ConfContext* (*conf_new)() = nullptr;
  void (*conf_free)(ConfContext*) = nullptr;
  unsigned (*conf_set_flags)(ConfContext*, unsigned) = nullptr;
  void (*conf_set_context)(ConfContext*, SslContext*) = nullptr;
  int (*conf_command)(ConfContext*, const char*, const char*) = nullptr;
  int (*conf_finish)(ConfContext*) = nullptr;
  const char* (*version)(int) = nullptr;
  unsigned long (*next_error)(const char** file, int* line, const char** data,
                              int* flags) = nullptr;
  const char* (*error_reason)(unsigned long) = nullptr;
  void (*error_text)(unsigned long, char*, std::size_t) = nullptr;
};

using Context = std::unique_ptr<SslContext, void (*)(SslContext*)>;

class Library {
 public:
  // nullptr, and why in `problem`, where the file cannot be loaded or is no libssl.
  static std::unique_ptr<Library> load(const std::string& path, std::string& problem);

  const Functions& functions() const { return functions_; }
  Context new_context() const;  // a fresh server context, with the library's own defaults
  std::string errors() const;   // what the library said since, its queue emptied; one line

 private:
  Functions functions_;
};

}  // namespace tlspolicy::preflight
