// SPDX-License-Identifier: Apache-2.0
// Strict reading of TOML: every value is asked for by name and type, and what nobody asked for is
// an error with its line and column.  The only user of toml++ (it is slow to compile).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tlspolicy::base {

struct TomlWord {  // one string of a list, with its place
  std::string text;
  std::string where;
};

// One table of a document.  Copies share the document and its first error, so a whole file is read
// first and finish() of any of them tells what was wrong.
class TomlTable {
 public:
  static Result<TomlTable> parse(std::string_view text, std::string_view file);

  bool has(std::string_view key) const;
  std::vector<std::string> keys() const;
  std::string string(std::string_view key, std::string_view fallback = {});
  std::string need_string(std::string_view key);             // missing: an error
  void need(std::string_view key, std::string remedy = {});  // missing: an error; an unknown key
                                                             // that may be meant is said first
  std::vector<std::string> strings(std::string_view key);    // a list, or one string; missing: {}
  std::vector<TomlWord> words(std::string_view key);         // the same, each with its place
  bool boolean(std::string_view key, bool fallback = false);
  int integer(std::string_view key, int fallback = 0);
  std::optional<TomlTable> table(std::string_view key);  // [key]
  std::vector<TomlTable> tables(std::string_view key);   // [[key]], or a list of inline tables

  std::string where(std::string_view key = {}) const;  // "file:line:column"
  void wrong(std::string_view key, std::string what, std::string remedy = {});  // first one counts
  void wrong(Error);            // the same with an id and a place of its own
  Result<void> finish() const;  // the first error of the document, or the first unread key

  struct Document;  // toml++ stays inside toml.cpp
 private:
  TomlTable(std::shared_ptr<Document> document, const void* node)
      : document_(std::move(document)), node_(node) {}
  std::shared_ptr<Document> document_;
  const void* node_;  // a toml::table of document_
};

}  // namespace tlspolicy::base
