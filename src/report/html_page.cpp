// SPDX-License-Identifier: Apache-2.0
// Escaping, and the page around the report: its style, light and dark, on paper and on a telephone.
#include <fmt/format.h>

#include "base/visible.hpp"
#include "report/html.hpp"

namespace tlspolicy::report {
namespace {

// Colours carry nothing alone: every cell and badge has a word, a number or a sign too.
constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#5c6670;--line:#d5dae0;--card:#f6f8fa;
--good:#116329;--good-bg:#dafbe1;--warn:#7a4b00;--warn-bg:#fff3c8;--bad:#a0111f;--bad-bg:#ffe2e0;
--mid:#24415f;--mid-bg:#e3eefa}
@media(prefers-color-scheme:dark){:root{--bg:#0f1318;--fg:#e4e8ec;--dim:#9aa5b1;--line:#313a44;
--card:#171d24;--good:#6fdd8b;--good-bg:#11331d;--warn:#f2c14e;--warn-bg:#3a2c06;--bad:#ff9a93;
--bad-bg:#45161a;--mid:#a9cdf2;--mid-bg:#172c42}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--bg);color:var(--fg);
font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.2rem;margin:0}
h3{font-size:.95rem;margin:1.4rem 0 .4rem}
p{margin:.3rem 0}.dim{color:var(--dim)}a{color:inherit}
code,.mono{font-family:ui-monospace,"Liberation Mono",Consolas,monospace;font-size:.86em}
section{border:1px solid var(--line);border-radius:.6rem;background:var(--card);
padding:1.1rem 1.25rem;margin:1.4rem 0}
.top{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:baseline;justify-content:space-between}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th{text-align:left;font-weight:600;color:var(--dim);vertical-align:bottom}
th,td{padding:.28rem .55rem;border-bottom:1px solid var(--line);vertical-align:top}
td{overflow-wrap:break-word}td.c,th.c{text-align:center;white-space:nowrap}
td.name{white-space:nowrap}table.list td.c,table.list td.name{width:1%}
.badge{display:inline-block;border-radius:.35rem;padding:.05rem .5rem;font-weight:600;
font-size:.85rem;white-space:nowrap}
.good{color:var(--good);background:var(--good-bg)}.warn{color:var(--warn);background:var(--warn-bg)}
.bad{color:var(--bad);background:var(--bad-bg)}.mid{color:var(--mid);background:var(--mid-bg)}
.grade{font-size:1.6rem;line-height:1.2;padding:.1rem .8rem;border-radius:.5rem;font-weight:700}
.matrix td.c{font-variant-numeric:tabular-nums;font-weight:600;border-left:1px solid var(--line)}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:0 2rem}
ul{margin:.3rem 0;padding-left:1.2rem}li{margin:.25rem 0}
@media(max-width:48rem){body{padding:.7rem}section{padding:.8rem .7rem}
table.list td:last-child{overflow-wrap:anywhere}}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--dim:#444;--line:#bbb;--card:#fff;
--good:#116329;--good-bg:#e6f6ea;--warn:#7a4b00;--warn-bg:#fdf3d4;--bad:#a0111f;--bad-bg:#fde8e6;
--mid:#24415f;--mid-bg:#eaf1f9}
body{max-width:none;padding:0;font-size:10pt}table{font-size:8.5pt}section{padding:.6rem .8rem}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.matrix tr,h3,.top{break-inside:avoid}h2,h3{break-after:avoid}thead{display:table-header-group}
.wide{overflow:visible}@page{margin:14mm}}
)css";

}  // namespace

std::string html(std::string_view text) {
  std::string out;
  for (const char c : base::visible(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html_tag(std::string_view tag, std::string_view css_class, std::string_view text) {
  return fmt::format("<{} class=\"{}\">{}</{}>", tag, css_class, html(text), tag);
}

std::string html_page(const std::string& title, const std::string& body) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n<title>";
  out += html(title) + "</title>\n<style>";
  out += kStyle;
  return out + "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
}

}  // namespace tlspolicy::report
