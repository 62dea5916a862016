// SPDX-License-Identifier: Apache-2.0
// Strict reading of TOML; see toml.hpp.
#include "base/toml.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include "base/nearest.hpp"

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
  std::optional<Error> error, missing;
  std::set<const toml::node*> read;  // every value that somebody asked for
  std::map<const toml::table*, std::vector<std::string>> asked;  // by which names, for suggestions

  void note(Error wrong) {
    if (!error) error = std::move(wrong);
  }
  const toml::node* get(const toml::table& table, std::string_view key) {
    asked[&table].emplace_back(key);
    const toml::node* node = table.get(key);
    if (node) read.insert(node);
    return node;
  }

  Error unread_error(const toml::table& table, const toml::key& key) const {
    const auto names = asked.find(&table);
    const auto meant =
        nearest(key.str(), names == asked.end() ? std::vector<std::string>{} : names->second);
    return {
        "unknown-key", fmt::format("nothing is called \"{}\" here", key.str()),
        place(file, key.source()),
        meant ? fmt::format("did you mean \"{}\"?", *meant) : "remove it, or correct its spelling"};
  }
  // Depth first, by key; a table that nobody asked for is named itself, not its content.
  std::optional<Error> unread(const toml::table& table) const {
    for (const auto& [key, value] : table) {
      if (!read.contains(&value)) return unread_error(table, key);
      if (const auto* inner = value.as_table())
        if (auto found = unread(*inner)) return found;
      if (const auto* list = value.as_array())
        for (const auto& item : *list)
          if (const auto* row = item.as_table())
            if (auto found = unread(*row)) return found;
    }
    return std::nullopt;
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

bool TomlTable::has(std::string_view key) const {
  document_->asked[&as_table(node_)].emplace_back(key);
  return as_table(node_).contains(key);
}

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

void TomlTable::wrong(Error error) { document_->note(std::move(error)); }

std::string TomlTable::string(std::string_view key, std::string_view fallback) {
  const toml::node* node = document_->get(as_table(node_), key);
  if (!node) return std::string(fallback);
  if (const auto* value = node->as_string()) return value->get();
  wrong(key, fmt::format("\"{}\" must be a string", key), "put the value in quotes");
  return std::string(fallback);
}

std::string TomlTable::need_string(std::string_view key) {
  need(key);
  return string(key);
}

void TomlTable::need(std::string_view key, std::string remedy) {
  if (has(key) || document_->missing) return;
  document_->missing = {"missing-key", fmt::format("\"{}\" is missing", key), where(),
                        std::move(remedy)};
}

std::vector<std::string> TomlTable::strings(std::string_view key) {
  std::vector<std::string> out;
  for (auto& word : words(key)) out.push_back(std::move(word.text));
  return out;
}

std::vector<TomlWord> TomlTable::words(std::string_view key) {
  const toml::node* node = document_->get(as_table(node_), key);
  if (!node) return {};
  const auto at = [&](const toml::node& word) { return place(document_->file, word.source()); };
  if (const auto* one = node->as_string()) return {{one->get(), at(*node)}};
  std::vector<TomlWord> out;
  const auto* list = node->as_array();
  if (!list) wrong(key, fmt::format("\"{}\" must be a list of strings", key));
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    if (const auto* item = (*list)[i].as_string()) {
      out.push_back({item->get(), at(*item)});
    } else {
      wrong(
          {"bad-value", fmt::format("\"{}\" must be a list of strings", key), at((*list)[i]), ""});
    }
  }
  return out;
}

bool TomlTable::boolean(std::string_view key, bool fallback) {
  const toml::node* node = document_->get(as_table(node_), key);
  if (!node) return fallback;
  if (const auto* value = node->as_boolean()) return value->get();
  wrong(key, fmt::format("\"{}\" must be true or false", key));
  return fallback;
}

int TomlTable::integer(std::string_view key, int fallback) {
  const toml::node* node = document_->get(as_table(node_), key);
  if (!node) return fallback;
  const auto* value = node->as_integer();
  if (value && value->get() >= 0 && value->get() <= 1'000'000)
    return static_cast<int>(value->get());
  wrong(key, fmt::format("\"{}\" must be a whole number from 0 to 1,000,000", key));
  return fallback;
}

std::optional<TomlTable> TomlTable::table(std::string_view key) {
  const toml::node* node = document_->get(as_table(node_), key);
  if (!node) return std::nullopt;
  if (const auto* inner = node->as_table()) return TomlTable(document_, inner);
  wrong(key, fmt::format("\"{}\" must be a table", key));
  return std::nullopt;
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) {
  const toml::node* node = document_->get(as_table(node_), key);
  if (!node) return {};
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
  // What follows from a missing key is not worth telling; an unknown one may be that key, mistyped.
  const auto& first = document_->missing ? std::nullopt : document_->error;
  if (first) return tl::make_unexpected(*first);
  if (auto error = document_->unread(document_->root)) return tl::make_unexpected(*error);
  if (document_->missing) return tl::make_unexpected(*document_->missing);
  return {};
}

}  // namespace tlspolicy::base
