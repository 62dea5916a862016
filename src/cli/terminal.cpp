// SPDX-License-Identifier: Apache-2.0
// Terminals; see terminal.hpp.
#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace tlspolicy::cli {
namespace {

constexpr int kUsualWidth = 80, kNarrow = 60, kWide = 100;

int columns_of(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualWidth;
  return std::clamp<int>(size.ws_col, kNarrow, kWide);
}

bool colour_wanted() {
  const char* no = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return (!no || !*no) && term && std::string(term) != "dumb";
}

// Who listened may have gone (`set … | head -1`): a change goes on all the same, and fmt would
// throw.
void tell(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}
}  // namespace

report::Style style_of_stdout(bool verbose) {
  const bool terminal = isatty(STDOUT_FILENO) != 0;
  return {terminal && colour_wanted(), terminal ? columns_of(STDOUT_FILENO) : kUsualWidth, verbose};
}

bool can_ask() { return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0; }

bool typed_yes(const std::string& listed) {
  tell(fmt::format("\r\x1b[K{}\n\nType \"yes\" to go on: ", listed));
  std::string line;
  return std::getline(std::cin, line) && line == "yes";
}

Progress::Progress()
    : terminal_(isatty(STDERR_FILENO) != 0),
      shared_(terminal_ && isatty(STDOUT_FILENO) != 0),
      width_(columns_of(STDERR_FILENO)) {}

void Progress::show(const std::string& line) {
  if (!terminal_ || (line.empty() && !shown_)) return;
  const auto most = static_cast<std::size_t>(width_ - 1);
  tell("\r\x1b[K" + line.substr(0, most));
  shown_ = !line.empty();
}

void Progress::note(const std::string& line) {
  if (terminal_) return show(line);
  tell(line + "\n");
}

std::string Progress::behind(const std::string& line) const {
  return (terminal_ ? "\r\x1b[K" : "") + line + "\n";
}

void Progress::make_room() {
  if (shared_) show("");
}

}  // namespace tlspolicy::cli
