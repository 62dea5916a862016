// SPDX-License-Identifier: Apache-2.0
// The verbs, one file each, and how one of them is run.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cli/context.hpp"
#include "cli/request.hpp"

namespace tlspolicy::cli {

// Exit status, the same for every verb.
inline constexpr int kDone = 0;
inline constexpr int kDiffers = 1;
inline constexpr int kUsage = 2;
inline constexpr int kHostRefused = 3;
inline constexpr int kPartly = 4;
inline constexpr int kInternal = 5;

struct Reply {
  int status = kDone;
  std::string out;  // stdout, alone
};
struct Failure {
  int status = kHostRefused;
  std::vector<Error> errors;
};
using Answer = tl::expected<Reply, Failure>;

int status_of(const Error&);  // by its id: usage, internal, or the host's refusal
tl::unexpected<Failure> failed(Error);
tl::unexpected<Failure> failed(int status, std::vector<Error>);

Answer run_list(const Request&, Context&);
Answer run_show(const Request&, Context&);
Answer run_status(const Request&, Context&);
Answer run_plan(const Request&, Context&);
Answer run_set(const Request&, Context&);
Answer run_undo(const Request&, Context&);
Answer run_history(const Request&, Context&);
Answer run_confirm(const Request&, Context&);
Answer run_recover(const Request&, Context&);
Answer run_check(const Request&, Context&);
Answer run_scan(const Request&, Context&);
Answer run_explain(const Request&, Context&);

// Does the verb need policies and manifests?  The way back does not: it goes by the journal.
bool reads_data(std::string_view verb);
bool changes_the_host(std::string_view verb);
// Runs the verb and prints: its reply on `out`; errors on `err`, with --json on `out` as well.
int run(const Request&, Context&, std::ostream& out, std::ostream& err);

}  // namespace tlspolicy::cli
