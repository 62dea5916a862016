// SPDX-License-Identifier: Apache-2.0
// One CBOR map read strictly: every field is asked for by name and type, and the first thing that
// is wrong is remembered.  Hostile bytes neither crash it nor make it allocate.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tlspolicy::journal {

class CborMap {
 public:
  explicit CborMap(std::string_view bytes);

  std::string text(const char* key);
  std::vector<std::string> texts(const char* key);
  std::string bytes(const char* key);
  std::map<std::string, std::string> byte_map(const char* key);
  bool boolean(const char* key);
  std::uint32_t number(const char* key);
  CborMap map(const char* key);

  void wrong(std::string what);  // the first one counts
  void wrong_if(const CborMap& part) {
    if (part.error_) wrong(*part.error_);
  }
  const std::optional<std::string>& error() const { return error_; }

 private:
  explicit CborMap(nlohmann::json value, std::optional<std::string> error)
      : value_(std::move(value)), error_(std::move(error)) {}
  const nlohmann::json* field(const char* key, bool (nlohmann::json::*is)() const noexcept);

  nlohmann::json value_;
  std::optional<std::string> error_;
};

}  // namespace tlspolicy::journal
