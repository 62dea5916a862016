// SPDX-License-Identifier: Apache-2.0
// Text and JSON of an explanation; see explain.hpp.
#include "report/explain.hpp"

#include "report/json.hpp"

namespace tlspolicy::report {

std::string explain_text(const Message& message, const Style& style) {
  std::string out = paint(style, Tone::title, message.id) + ": " + message.title + "\n\n";
  out += wrapped(style, "", message.explanation);
  if (!message.remedy.empty()) out += "\n" + wrapped(style, "What to do: ", message.remedy);
  return out;
}

std::string explain_json(const Message& message) {
  Json out = root("explain");
  out["id"] = message.id;
  out["title"] = message.title;
  out["explanation"] = message.explanation;
  out["remedy"] = message.remedy;
  return printed(out);
}

}  // namespace tlspolicy::report
