// SPDX-License-Identifier: Apache-2.0
// See open_files.hpp.
#include "host/open_files.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace tlspolicy::host {

std::size_t allow_open_files(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  if (limit.rlim_cur < wanted) {
    rlimit more{std::min<rlim_t>(wanted, limit.rlim_max), limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &more) == 0) limit = more;
  }
  return limit.rlim_cur;
}

}  // namespace tlspolicy::host
