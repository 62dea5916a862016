// SPDX-License-Identifier: Apache-2.0
// The person in front of it: is there one, how wide is the window, what is shown while it works.
#pragma once

#include <string>

#include "report/style.hpp"

namespace tlspolicy::cli {

// For stdout: colour only on a terminal and never under NO_COLOR (no-color.org), 60 to 100 columns
// on a terminal and 80 elsewhere.
report::Style style_of_stdout(bool verbose);

bool can_ask();  // both stdin and stderr are a terminal
// Shows `listed`, asks, and is true only for a typed "yes".
bool typed_yes(const std::string& listed);

// What is going on, on stderr.  On a terminal one line that is written over; elsewhere only what
// was done to the host, a line each, so that a log of `set` tells it and a quiet verb stays quiet.
class Progress {
 public:
  Progress();
  ~Progress() { show(""); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(const std::string& line);                 // "": done, nothing is left on the terminal
  void note(const std::string& line);                 // also where nobody watches
  std::string behind(const std::string& line) const;  // as it can follow at any time
  void make_room();  // before something is written to stdout: it may be the same terminal

 private:
  bool terminal_, shared_;
  int width_;
  bool shown_ = false;
};

}  // namespace tlspolicy::cli
