// SPDX-License-Identifier: Apache-2.0
// The forms in which a scan can be written, piece by piece: a head, each endpoint as soon as it is
// known, what was left out, a tail.  JUnit and HTML keep what they need for their head until the
// end; all others hold nothing but the endpoint at hand.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "forecast/client.hpp"
#include "report/explain.hpp"
#include "report/scan.hpp"

namespace tlspolicy::report {

enum class Format { text, json, ndjson, csv, sarif, junit, html };
std::optional<Format> format_named(std::string_view);
// What it says beyond the endpoint: who of the known clients connects, and what stands behind ids.
enum class Clients { never, on_request, always };
struct Needs {
  Clients clients = Clients::never;
  bool messages = false;
};
Needs needs_of(Format);
// May output that was broken off simply go on?  Each piece stands for itself.
bool can_go_on(Format);

struct FormOptions {
  Style style = {};                              // text
  bool goes_on = false;                          // the head is there already
  std::string policy = {};                       // --policy, as typed; for titles
  std::string date = {};                         // RFC 3339, when the scan began
  std::string version = {};                      // of this program
  std::map<std::string, Message> messages = {};  // what stands behind ids: SARIF, HTML
  forecast::Clients clients = {};                // of whom to say whether they connect
};

class Form {
 public:
  Form() = default;
  Form(const Form&) = delete;
  Form& operator=(const Form&) = delete;
  virtual ~Form() = default;

  virtual std::string head() { return {}; }
  virtual std::string endpoint(const Judged&) = 0;
  virtual std::string left_out(const Error&) = 0;
  virtual std::string tail() { return {}; }
};
std::unique_ptr<Form> make_form(Format, FormOptions);
std::string whole(Form&, const Scanned&);  // all of it at once

// One for each format, where make_form is not the only one that wants it.
std::unique_ptr<Form> text_form(const FormOptions&);
std::unique_ptr<Form> json_form(FormOptions);
std::unique_ptr<Form> ndjson_form(FormOptions);
std::unique_ptr<Form> csv_form(FormOptions);
std::unique_ptr<Form> sarif_form(FormOptions);
std::unique_ptr<Form> junit_form(FormOptions);
std::unique_ptr<Form> html_form(FormOptions);

}  // namespace tlspolicy::report
