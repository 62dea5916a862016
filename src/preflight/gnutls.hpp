// SPDX-License-Identifier: Apache-2.0
// A service's own libgnutls, loaded by its path, and the questions that can be put to it: would it
// take this priority string, and what does it make of it?
//
// Declared by hand and found by name, as libssl is (library.hpp): all of these functions are in the
// manual of GnuTLS 3.6.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/questions.hpp"

namespace tlspolicy::preflight {

struct GnutlsPriority;  // opaque, GnuTLS's own

class Gnutls {
 public:
  // Does the file at `path` load, and is it a libgnutls?  Where not, Library::load has the reason.
  static bool is_one(const std::string& path);
  // nullptr, and why in `problem`, where it lacks a function that we ask.
  static std::unique_ptr<Gnutls> load(const std::string& path, std::string& problem);

  // `priority` is strict: every word that is added must have come to count.
  Answer ask(std::string_view kind, const std::string& value) const;
  static std::string kinds();  // for the usage text

 private:
  using Handle = std::unique_ptr<GnutlsPriority, void (*)(GnutlsPriority*)>;
  using List = int (*)(GnutlsPriority*, const unsigned** items);
  using Name = const char* (*)(unsigned);
  struct Named {  // one kind of words: what a string allows of it, and their names
    List list = nullptr;
    Name name = nullptr;
  };

  Handle read(const std::string& priority, std::string& problem) const;
  std::vector<std::string> names(const Handle&, const Named&) const;
  std::string suites(const Handle&, bool tls13) const;
  Answer ask_priority(const std::string& value) const;
  Answer ask_part(std::string_view part, const std::string& value) const;

  int (*init_)(GnutlsPriority**, const char* priority, const char** error_at) = nullptr;
  void (*free_)(GnutlsPriority*) = nullptr;
  const char* (*error_)(int) = nullptr;
  const char* (*version_)(const char* wanted) = nullptr;
  int (*suite_index_)(GnutlsPriority*, unsigned at, unsigned* index) = nullptr;
  const char* (*suite_info_)(std::size_t index, unsigned char* code, unsigned* kx, unsigned* cipher,
                             unsigned* mac, unsigned* min_version) = nullptr;
  Named protocols_, ciphers_, exchanges_, macs_, groups_, schemes_;
};

}  // namespace tlspolicy::preflight
