// SPDX-License-Identifier: Apache-2.0
// The service's running main process; see parts.hpp.
#include <fmt/format.h>

#include "base/text.hpp"
#include "discover/parts.hpp"
#include "service/arguments.hpp"

namespace tlspolicy::discover {

std::string main_process(host::Host& host, const service::Instance& instance) {
  const auto unit = instance.vars.find("unit");
  if (!instance.running || unit == instance.vars.end()) return {};
  const auto shown =
      run(host, instance, {"systemctl", "show", "--property=MainPID", "--value", unit->second}, 10);
  if (!shown || shown->status != 0) return {};
  const std::string out(base::trim(shown->out));
  return out == "0" ? "" : out;
}

std::string of_process(host::Host& host, const std::string& process, const std::string& name) {
  if (process.empty()) return {};
  const auto file = host.read(fmt::format("/proc/{}/{}", process, name));
  return file ? file->content : std::string();
}

void read_arguments(host::Host& host, const service::Manifest& manifest, const std::string& main,
                    service::Instance& instance) {
  if (manifest.arguments.taking.empty()) return;
  const auto known = [&](const std::string& text) {
    return service::expand(text, instance.vars).value_or(text);
  };
  instance.unfit =
      service::over_the_files(manifest, known(manifest.root_file),
                              of_process(host, main, "cmdline"), known(manifest.arguments.set_in));
}

}  // namespace tlspolicy::discover
