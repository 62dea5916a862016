// SPDX-License-Identifier: Apache-2.0
// A scan as one HTML file that needs nothing else; see html.hpp.
#include <fmt/format.h>

#include "report/cleaned.hpp"
#include "report/html.hpp"

namespace tlspolicy::report {
namespace {

class Html : public Form {
 public:
  explicit Html(FormOptions options) : options_(std::move(options)) {}

  std::string endpoint(const Judged& judged) override {
    const Judged one = cleaned(judged);
    ++number_;
    body_ += html_endpoint(one, options_, number_);
    overview_ += row(one);
    return {};
  }
  std::string left_out(const Error& error) override {
    left_out_ += fmt::format("<li>{}{}</li>\n", html(error.what),
                             error.where.empty() ? "" : " (" + html(error.where) + ")");
    return {};
  }
  std::string tail() override {
    const std::string title =
        options_.policy.empty() ? "TLS scan" : "TLS scan against " + options_.policy;
    std::string out = fmt::format(
        "<h1>{}</h1>\n<p class=\"dim\">{} endpoint{}, {}, tlspolicy {}"
        "</p>\n",
        html(title), number_, number_ == 1 ? "" : "s", html(options_.date), html(options_.version));
    if (number_ > 1)
      out +=
          "<section><div class=\"wide\"><table>\n<thead><tr><th>endpoint</th><th>protocols</th>"
          "<th>worst</th><th>policy</th><th class=\"c\">grade</th></tr></thead>\n<tbody>\n" +
          overview_ + "</tbody></table></div></section>\n";
    out += body_;
    if (!left_out_.empty())
      out += "<section><h2>Left out</h2>\n<ul>\n" + left_out_ + "</ul></section>\n";
    return html_page(title, out);
  }

 private:
  std::string row(const Judged& judged) const {
    const auto& endpoint = judged.endpoint;
    std::string protocols;
    for (const auto& version : endpoint.versions)
      if (version.accepted == scan::Fact::yes)
        protocols +=
            html_tag("span",
                     version.protocol < crypto::Protocol::tls12 ? "badge bad" : "badge good",
                     name(version.protocol)) +
            " ";
    if (endpoint.ssh) protocols = html_tag("span", "badge mid", "SSH");
    if (protocols.empty()) protocols = html_tag("span", "badge warn", no_service(endpoint).label);
    const auto& place = endpoint.target.place;
    const auto spoken = place.preamble.empty() ? "" : place.preamble + "://";
    return fmt::format(
        "<tr><td><a href=\"#e{}\">{}</a></td><td>{}</td><td>{}</td><td>{}</td><td class=\"c\">{}"
        "</td></tr>\n",
        number_, html(spoken + probe::text(place)), protocols,
        endpoint.weaknesses.empty() ? "" : html(name(endpoint.weaknesses.front().severity)),
        judged.held ? html(name(judged.held->outcome)) : "",
        judged.grade ? html(judged.grade->letter) : "");
  }

  FormOptions options_;
  std::string overview_, body_, left_out_;
  int number_ = 0;
};
}  // namespace

std::unique_ptr<Form> html_form(FormOptions options) {
  return std::make_unique<Html>(std::move(options));
}

}  // namespace tlspolicy::report
