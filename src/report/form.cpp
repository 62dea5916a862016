// SPDX-License-Identifier: Apache-2.0
// Choosing a form; see form.hpp.
#include "report/form.hpp"

#include <algorithm>
#include <array>

namespace tlspolicy::report {
namespace {
struct Row {
  std::string_view name;
  Format format;
  Needs needs;
};
constexpr std::array kRows{
    Row{"text", Format::text, {.clients = Clients::always}},
    Row{"json", Format::json, {.clients = Clients::always}},
    Row{"ndjson", Format::ndjson, {.clients = Clients::on_request}},
    Row{"csv", Format::csv, {}},
    Row{"sarif", Format::sarif, {.messages = true}},
    Row{"junit", Format::junit, {}},
    Row{"html", Format::html, {.clients = Clients::always, .messages = true}},
};
}  // namespace

std::optional<Format> format_named(std::string_view name) {
  const auto* row = std::ranges::find(kRows, name, &Row::name);
  return row == kRows.end() ? std::nullopt : std::optional(row->format);
}

Needs needs_of(Format format) { return std::ranges::find(kRows, format, &Row::format)->needs; }

bool can_go_on(Format format) {
  return format == Format::text || format == Format::ndjson || format == Format::csv;
}

std::unique_ptr<Form> make_form(Format format, FormOptions options) {
  switch (format) {
    case Format::text:
      return text_form(options);
    case Format::json:
      return json_form(std::move(options));
    case Format::ndjson:
      return ndjson_form(std::move(options));
    case Format::csv:
      return csv_form(std::move(options));
    case Format::sarif:
      return sarif_form(std::move(options));
    case Format::junit:
      return junit_form(std::move(options));
    case Format::html:
      return html_form(std::move(options));
  }
  return text_form(options);
}

}  // namespace tlspolicy::report
