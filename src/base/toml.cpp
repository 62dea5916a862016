// SPDX-License-Identifier: Apache-2.0
// Strict reading of TOML; see toml.hpp.
#include "base/toml.hpp"

#include <fmt/format.h>

#include <set>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace tlspolicy::base {
namespace {
const toml::table& as_table(const void* node) { return *static_cast<const toml::table*>(node); }

std::string place(std::string_view file, const toml::source_region& at) {
  return fmt::format("{}:{}:{}", file, at.begin.line, at.begin.column);
}
}  // namespace

struct TomlTable::Document {
  toml::table root;
  std::string file;
  std::optional<Error> error;
  std::set<const toml::node*> read;  // every value that somebody asked for

  void note(Error wrong) {
    if (!error) error = std::move(wrong);
  }
  // Depth first, in the order of the file as toml++ keeps it (by key).
  const toml::node* unread(const toml::table& table) const {
    for (const auto& [key, value] : table) {
      if (!read.contains(&value)) return &value;
      if (const auto* inner = value.as_table())
        if (const auto* found = unread(*inner)) return found;
      if (const auto* list = value.as_array())
        for (const auto& item : *list)
          if (const auto* row = item.as_table())
            if (const auto* found = unread(*row)) return found;
    }
    return nullptr;
  }
  std::string key_of(const toml::table& table, const toml::node* wanted) const {
    for (const auto& [key, value] : table) {
      if (&value == wanted) return std::string(key.str());
      if (const auto* inner = value.as_table())
        if (auto found = key_of(*inner, wanted); !found.empty()) return found;
      if (const auto* list = value.as_array())
        for (const auto& item : *list)
          if (const auto* row = item.as_table())
            if (auto found = key_of(*row, wanted); !found.empty()) return found;
    }
    return {};
  }
};

Result<TomlTable> TomlTable::parse(std::string_view text, std::string_view file) {
  toml::parse_result parsed = toml::parse(text, file);
  if (!parsed)
    return fail("bad-toml", std::string(parsed.error().description()),
                place(file, parsed.error().source()), "correct the file at that place");
  auto document = std::make_shared<Document>();
  document->root = std::move(parsed).table();
  document->file = file;
  const void* root = &document->root;
  return TomlTable(std::move(document), root);
}

bool TomlTable::has(std::string_view key) const { return as_table(node_).contains(key); }

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::string> out;
  for (const auto& [key, value] : as_table(node_)) out.emplace_back(key.str());
  return out;
}

std::string TomlTable::where(std::string_view key) const {
  const toml::node* node = key.empty() ? nullptr : as_table(node_).get(key);
  return place(document_->file, node ? node->source() : as_table(node_).source());
}

void TomlTable::wrong(std::string_view key, std::string what, std::string remedy) {
  document_->note({"bad-value", std::move(what), where(key), std::move(remedy)});
}

std::string TomlTable::string(std::string_view key, std::string_view fallback) {
  const toml::node* node = as_table(node_).get(key);
  if (!node) return std::string(fallback);
  document_->read.insert(node);
  if (const auto* value = node->as_string()) return value->get();
  wrong(key, fmt::format("\"{}\" must be a string", key));
  return std::string(fallback);
}

std::string TomlTable::need_string(std::string_view key) {
  if (!has(key)) wrong({}, fmt::format("\"{}\" is missing", key));
  return string(key);
}

std::vector<std::string> TomlTable::strings(std::string_view key) {
  const toml::node* node = as_table(node_).get(key);
  if (!node) return {};
  document_->read.insert(node);
  if (const auto* one = node->as_string()) return {one->get()};
  std::vector<std::string> out;
  const auto* list = node->as_array();
  if (!list) wrong(key, fmt::format("\"{}\" must be a list of strings", key));
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    if (const auto* item = (*list)[i].as_string()) {
      out.push_back(item->get());
    } else {
      document_->note({"bad-value", fmt::format("\"{}\" must be a list of strings", key),
                       place(document_->file, (*list)[i].source()), ""});
    }
  }
  return out;
}

bool TomlTable::boolean(std::string_view key, bool fallback) {
  const toml::node* node = as_table(node_).get(key);
  if (!node) return fallback;
  document_->read.insert(node);
  if (const auto* value = node->as_boolean()) return value->get();
  wrong(key, fmt::format("\"{}\" must be true or false", key));
  return fallback;
}

int TomlTable::integer(std::string_view key, int fallback) {
  const toml::node* node = as_table(node_).get(key);
  if (!node) return fallback;
  document_->read.insert(node);
  const auto* value = node->as_integer();
  if (value && value->get() >= 0 && value->get() <= 1'000'000)
    return static_cast<int>(value->get());
  wrong(key, fmt::format("\"{}\" must be a whole number from 0 to 1,000,000", key));
  return fallback;
}

std::optional<TomlTable> TomlTable::table(std::string_view key) {
  const toml::node* node = as_table(node_).get(key);
  if (!node) return std::nullopt;
  document_->read.insert(node);
  if (const auto* inner = node->as_table()) return TomlTable(document_, inner);
  wrong(key, fmt::format("\"{}\" must be a table", key));
  return std::nullopt;
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) {
  const toml::node* node = as_table(node_).get(key);
  if (!node) return {};
  document_->read.insert(node);
  std::vector<TomlTable> out;
  const auto* list = node->as_array();
  if (!list) wrong(key, fmt::format("\"{}\" must be a list of tables", key));
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    if (const auto* row = (*list)[i].as_table()) {
      out.push_back(TomlTable(document_, row));
    } else {
      wrong(key, fmt::format("\"{}\" must be a list of tables", key));
    }
  }
  return out;
}

Result<void> TomlTable::finish() const {
  if (document_->error) return tl::make_unexpected(*document_->error);
  if (const auto* node = document_->unread(document_->root))
    return fail(
        "unknown-key",
        fmt::format("nothing is called \"{}\" here", document_->key_of(document_->root, node)),
        place(document_->file, node->source()), "remove it, or correct its spelling");
  return {};
}

}  // namespace tlspolicy::base
