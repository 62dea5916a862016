// SPDX-License-Identifier: Apache-2.0
// tlspolicy-preflight: asks the library that a service loads whether it takes a value.
//
// A program of its own, because that library may be of another version than ours, may be broken,
// and may crash.  `postfix check` and others accept nonsense; the library does not.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include "preflight/gnutls.hpp"
#include "preflight/questions.hpp"

namespace {
using tlspolicy::preflight::Answer;
using tlspolicy::preflight::Gnutls;
using tlspolicy::preflight::Library;

// The library, whichever it is: one question, one answer.
using Ask = std::function<Answer(const std::string& kind, const std::string& value)>;

constexpr int kTaken = 0, kRefused = 1, kUsage = 2, kNotLoaded = 3;
constexpr std::size_t kLongestLine = 65'536;

int usage() {
  std::fprintf(stderr,
               "usage: tlspolicy-preflight LIBRARY KIND VALUE  0: the library takes it, 1: not\n"
               "       tlspolicy-preflight LIBRARY             questions \"KIND VALUE\" on stdin\n"
               "KIND is, of a libssl, one of: %s\n"
               "and of a libgnutls: %s\n",
               tlspolicy::preflight::kinds().c_str(), Gnutls::kinds().c_str());
  return kUsage;
}

// libssl must find the libcrypto beside it, not the machine's: the loader reads LD_LIBRARY_PATH
// only when a program starts, so we start again.
void start_again_beside(const std::string& library, char** argv) {
  const auto slash = library.rfind('/');
  if (slash == std::string::npos || slash == 0) return;
  const auto folder = library.substr(0, slash);
  const char* now = std::getenv("LD_LIBRARY_PATH");
  const std::string old = now ? now : "";
  if (old == folder || old.starts_with(folder + ":")) return;
  setenv("LD_LIBRARY_PATH", (old.empty() ? folder : folder + ":" + old).c_str(), 1);
  execv("/proc/self/exe", argv);  // where it fails we go on: most libraries need no help
}

// What others say does not break our lines.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 127; }, '?');
  return text;
}

Answer ask_line(const Ask& ask, const std::string& line) {
  const auto blank = line.find(' ');
  const auto value = blank == std::string::npos ? std::string{} : line.substr(blank + 1);
  return ask(line.substr(0, blank), value);
}

// Reads one line without its end; what is longer than the limit is read away and not kept.
bool read_line(std::string& line, bool& too_long) {
  line.clear();
  too_long = false;
  int c = std::getchar();
  if (c == EOF) return false;
  for (; c != EOF && c != '\n'; c = std::getchar()) {
    if (line.size() < kLongestLine)
      line += static_cast<char>(c);
    else
      too_long = true;
  }
  return true;
}

void answer_stdin(const Ask& ask) {
  std::string line;
  for (bool too_long = false; read_line(line, too_long);) {
    const auto answer = too_long ? Answer{false, "the question is too long"} : ask_line(ask, line);
    const auto text = one_line(answer.text);
    std::printf("%s%s%s\n", answer.ok ? "ok" : "no", text.empty() ? "" : " ", text.c_str());
    std::fflush(stdout);  // an answer is out before the next question can crash the library
  }
}

int answer_one(const Ask& ask, const std::string& kind, const std::string& value) {
  const auto answer = ask(kind, value);
  std::fprintf(answer.ok ? stdout : stderr, "%s\n", one_line(answer.text).c_str());
  return answer.ok ? kTaken : kRefused;
}

bool is_kind(const std::string& kind) {
  const auto all = " " + tlspolicy::preflight::kinds() + " " + Gnutls::kinds() + " ";
  return all.find(" " + kind + " ") != std::string::npos;
}

// Empty, and why in `problem`, where the file is neither of the two libraries.
Ask load(const std::string& path, std::string& problem) {
  if (Gnutls::is_one(path)) {
    const std::shared_ptr<Gnutls> library = Gnutls::load(path, problem);
    if (!library) return {};
    return [library](const auto& kind, const auto& value) { return library->ask(kind, value); };
  }
  const std::shared_ptr<Library> library = Library::load(path, problem);
  if (!library) return {};
  return [library](const auto& kind, const auto& value) {
    return tlspolicy::preflight::ask(*library, kind, value);
  };
}
}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 5) return usage();
  const std::string path = argv[1], kind = argc > 2 ? argv[2] : "";
  if (argc > 2 && !is_kind(kind)) return usage();
  start_again_beside(path, argv);
  std::string problem;
  const auto ask = load(path, problem);
  if (!ask) {
    std::fprintf(stderr, "%s\n", one_line(problem).c_str());
    return kNotLoaded;
  }
  std::string value = argc > 3 ? argv[3] : "";
  if (argc > 4) value.append(" ").append(argv[4]);  // "conf CMD VALUE" as three words
  if (argc > 2) return answer_one(ask, kind, value);
  answer_stdin(ask);
  return kTaken;
}
