// SPDX-License-Identifier: Apache-2.0
// Strict reading of CBOR maps; see cbor_map.hpp.
#include "journal/cbor_map.hpp"

#include <fmt/format.h>

namespace tlspolicy::journal {
namespace {

using nlohmann::json;

constexpr int kDeepest = 4;  // levels: record, state, xattrs and one to spare

// nlohmann's reader recurses once per level and throws on absurd array lengths whatever it is told.
// This pass looks at the structure first, without building anything.
class Guard : public nlohmann::json_sax<json> {
 public:
  explicit Guard(std::size_t size) : size_(size) {}
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t items) override { return enter(items); }
  bool start_array(std::size_t items) override { return enter(items); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override {
    return false;
  }

 private:
  // Every item takes a byte at least; an indefinite length (RFC 8949 3.2) comes as the largest one
  // and is never written by us.
  bool enter(std::size_t items) { return ++depth_ <= kDeepest && items <= size_; }
  bool leave() { return --depth_ >= 0; }
  std::size_t size_;
  int depth_ = 0;
};

}  // namespace

CborMap::CborMap(std::string_view bytes) {
  Guard guard(bytes.size());
  if (json::sax_parse(bytes, &guard, json::input_format_t::cbor, true))
    value_ = json::from_cbor(bytes, true, false);
  if (!value_.is_object()) wrong("the payload is not one CBOR map");
}

void CborMap::wrong(std::string what) {
  if (!error_) error_ = std::move(what);
}

const json* CborMap::field(const char* key, bool (json::*is)() const noexcept) {
  const auto found = value_.is_object() ? value_.find(key) : value_.end();
  if (found != value_.end() && ((*found).*is)()) return &*found;
  wrong(fmt::format("the field \"{}\" is missing or of another type", key));
  return nullptr;
}

std::string CborMap::text(const char* key) {
  const auto* found = field(key, &json::is_string);
  return found != nullptr ? found->get_ref<const std::string&>() : "";
}

std::vector<std::string> CborMap::texts(const char* key) {
  std::vector<std::string> out;
  const auto* found = field(key, &json::is_array);
  if (found == nullptr) return out;
  for (const auto& item : *found) {
    if (!item.is_string()) wrong(fmt::format("the field \"{}\" holds more than texts", key));
    if (item.is_string()) out.push_back(item.get_ref<const std::string&>());
  }
  return out;
}

std::string CborMap::bytes(const char* key) {
  const auto* found = field(key, &json::is_binary);
  if (found == nullptr) return {};
  const auto& binary = found->get_binary();
  return {binary.begin(), binary.end()};
}

std::map<std::string, std::string> CborMap::byte_map(const char* key) {
  std::map<std::string, std::string> out;
  auto inner = map(key);
  if (!inner.value_.is_object()) return out;
  for (const auto& item : inner.value_.items()) out[item.key()] = inner.bytes(item.key().c_str());
  wrong_if(inner);
  return out;
}

bool CborMap::boolean(const char* key) {
  const auto* found = field(key, &json::is_boolean);
  return found != nullptr && found->get<bool>();
}

std::uint32_t CborMap::number(const char* key) {
  const auto* found = field(key, &json::is_number_unsigned);
  const auto value = found != nullptr ? found->get<std::uint64_t>() : 0;
  if (value > UINT32_MAX) wrong(fmt::format("the number \"{}\" is too large", key));
  return static_cast<std::uint32_t>(value);
}

CborMap CborMap::map(const char* key) {
  const auto* found = field(key, &json::is_object);
  return CborMap(found != nullptr ? *found : json(), error_);
}

}  // namespace tlspolicy::journal
