// SPDX-License-Identifier: Apache-2.0
// Follows Include directives; see flatten.hpp.
//
// httpd: Include, IncludeOptional (core manual), a folder's name stands for all files below it.
// sshd: Include of sshd_config(5), a Match of an included file ends with that file.
#include "config/flatten.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"

namespace tlspolicy::config {
namespace {
constexpr int kDeepest = 16;           // sshd's own limit; httpd's is wider
constexpr std::size_t kMost = 10'000;  // readings of files: includes can multiply

using Paths = std::vector<std::string>;

std::string folder_of(const std::string& file) { return file.substr(0, file.rfind('/')); }

class Reading {
 public:
  Reading(const Syntax& syntax, std::string base, const std::vector<std::string>& keys,
          const ReadFile& files, const Glob& glob)
      : syntax_(syntax), base_(std::move(base)), keys_(keys), files_(files), glob_(glob) {}

  void read(const std::string& file, const std::string& text, const std::vector<Scope>& around) {
    if (std::ranges::find(out_.files, file) == out_.files.end()) out_.files.push_back(file);
    ++readings_;
    open_.push_back(file);
    const Parsed parsed = syntax_.parse(text);
    for (const auto& unread : parsed.unread) out_.unread.push_back({file, unread});
    for (auto setting : parsed.settings) {
      for (auto& scope : setting.scopes) scope.file = file;
      setting.scopes.insert(setting.scopes.begin(), around.begin(), around.end());
      out_.settings.push_back({file, setting});
      if (is_include(setting)) include({file, std::move(setting)});
    }
    open_.pop_back();
  }

  // Where a program puts its root together out of many files, as Debian's exim does.
  void read_root(const std::string& file) {
    if (!is_pattern(file)) {
      const auto text = files_(file);
      return text ? read(file, *text, {}) : missing_root(file);
    }
    for (const auto& path : matches(file))
      if (const auto text = files_(path)) read(path, *text, {});
  }

  void missing_root(const std::string& file) {
    out_.unread.push_back({file, {0, file, "there is no such file"}});
  }

  Flattened take() { return std::move(out_); }

 private:
  bool is_include(const Setting& setting) const {
    return std::ranges::any_of(keys_,
                               [&](const auto& key) { return base::iequals(key, setting.key); });
  }

  void tell(const Source& by, const std::string& path, std::string why) {
    out_.unread.push_back({by.file, {by.setting.line, by.setting.key + " " + path, why}});
  }

  // By value: out_.settings grows while we are in here.
  // NOLINTNEXTLINE(performance-unnecessary-value-param)
  void include(const Source by) {
    for (const auto& word : by.setting.args) {
      if (word.find("${") != std::string::npos) {
        tell(by, word, "a variable in the path, whose value only the program knows");
        continue;
      }
      const std::string base = syntax_.include.beside_the_file ? folder_of(by.file) : base_;
      const std::string path = word.starts_with('/') ? word : base + "/" + word;
      const bool found =
          is_pattern(word) ? include_all(by, matches(path)) : include_one(by, path, 0);
      const bool optional = !syntax_.include.must_match ||
                            base::iequals(by.setting.key, syntax_.include.optional_key);
      if (!found && !optional)
        tell(by, path, is_pattern(word) ? "nothing matches this pattern" : "there is no such file");
    }
  }

  bool include_all(const Source& by, const Paths& paths, int folders = 0) {
    for (const auto& path : paths)
      if (!include_one(by, path, folders)) tell(by, path, "matched, but it cannot be read");
    return !paths.empty();
  }

  bool include_one(const Source& by, const std::string& path, int folders) {
    if (open_.size() + static_cast<std::size_t>(folders) >= kDeepest || readings_ >= kMost) {
      tell(by, path, readings_ >= kMost ? "too many files are included" : "included too deep");
      return true;
    }
    if (std::ranges::find(open_, path) != open_.end()) {
      tell(by, path, "this file includes itself");
      return true;
    }
    if (const auto text = files_(path)) {
      read(path, *text, by.setting.scopes);
      return true;
    }
    if (!syntax_.include.folders) return false;
    const std::string folder = path.ends_with('/') ? path : path + "/";
    return include_all(by, entries(folder), folders + 1) || !glob_(path).empty();
  }

  // In the order of reading.
  Paths matches(const std::string& pattern) const {
    const Paths all = sorted(glob_(pattern));
    if (!syntax_.include.run_parts) return all;
    const auto is_part = [](const std::string& path) {
      return std::ranges::all_of(path.substr(path.rfind('/') + 1), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-';
      });
    };
    Paths out;
    for (const auto& path : all) {
      if (!is_part(path)) continue;
      const bool ruled = std::ranges::find(all, path + ".rul") != all.end();
      out.push_back(ruled ? path + ".rul" : path);
    }
    return out;
  }

  // Everything in a folder, hidden names included.
  Paths entries(const std::string& folder) const {
    Paths out = glob_(folder + "*");
    for (auto& hidden : glob_(folder + ".*"))
      if (!hidden.ends_with("/.") && !hidden.ends_with("/..")) out.push_back(std::move(hidden));
    return sorted(std::move(out));
  }

  Paths sorted(Paths paths) const {
    if (syntax_.include.by_component)
      std::ranges::sort(paths, {}, [](const auto& path) { return base::split(path, '/'); });
    else
      std::ranges::sort(paths);
    return paths;
  }

  const Syntax& syntax_;
  std::string base_;
  const std::vector<std::string>& keys_;
  const ReadFile& files_;
  const Glob& glob_;
  Flattened out_;
  Paths open_;  // the files that we are inside of, outermost first
  std::size_t readings_ = 0;
};
}  // namespace

Flattened flatten(const Syntax& syntax, const std::string& root_file,
                  const std::string& base_folder, const std::vector<std::string>& include_keys,
                  const ReadFile& files, const Glob& glob) {
  Reading reading(syntax, base_folder, include_keys, files, glob);
  reading.read_root(root_file);
  return reading.take();
}

void append(Flattened& to, Flattened more) {
  std::ranges::move(more.settings, std::back_inserter(to.settings));
  std::ranges::move(more.unread, std::back_inserter(to.unread));
  for (auto& file : more.files)
    if (std::ranges::find(to.files, file) == to.files.end()) to.files.push_back(std::move(file));
}

}  // namespace tlspolicy::config
