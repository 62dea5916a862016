// SPDX-License-Identifier: Apache-2.0
// The pieces of the HTML report; inside of src/report.  Nothing is loaded from elsewhere: no
// script, no font, no picture, and a policy in the page forbids what a mistake here could let in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/form.hpp"
#include "report/reach.hpp"

namespace tlspolicy::report {

// Text between tags and in attributes: & < > " ' and what cannot be seen.
std::string html(std::string_view text);
// <b class="CLASS">TEXT</b>, TEXT escaped.
std::string html_tag(std::string_view tag, std::string_view css_class, std::string_view text);

std::string html_page(const std::string& title, const std::string& body);  // with its style

// Suites as rows, protocols as columns, the place in the order in each cell.
std::string html_suites(const scan::Endpoint&);
std::string html_clients(const scan::Endpoint&, const std::vector<Reached>&);
std::string html_endpoint(const Judged&, const FormOptions&, int number);

}  // namespace tlspolicy::report
