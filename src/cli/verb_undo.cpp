// SPDX-License-Identifier: Apache-2.0
// tlspolicy undo: the way back, a new generation with before and after swapped.
#include <fmt/format.h>

#include <algorithm>

#include "cli/change.hpp"
#include "cli/confirm.hpp"
#include "cli/generations.hpp"
#include "cli/verbs.hpp"
#include "report/changed.hpp"

namespace tlspolicy::cli {
namespace {

bool is_there(journal::Journal& journal, int number) {
  const auto numbers = journal.numbers();
  return numbers && std::ranges::find(*numbers, number) != numbers->end();
}

// Without a number: what waits for its confirmation, an undo too, because it is what the host is at
// for now; else the changes that still stand, the newest first.
Result<std::vector<int>> numbers_to_undo(int asked, journal::Journal& journal,
                                         const std::optional<journal::Generation>& waiting,
                                         const report::History& history) {
  if (asked == 0 && waiting) return std::vector{waiting->number};
  if (asked == 0) return to_undo(history);
  const auto found = std::ranges::find(history.generations, asked, &journal::Generation::number);
  if (found == history.generations.end() && is_there(journal, asked))
    return tl::make_unexpected(journal.load(asked).error());  // damaged
  if (found == history.generations.end())
    return fail("unknown-generation", fmt::format("there is no generation {}", asked), {},
                "`tlspolicy history` shows them");
  if (const auto by = history.undone_by.find(asked); by != history.undone_by.end())
    return fail("already-undone",
                fmt::format("generation {} was taken back by generation {}", asked, by->second), {},
                fmt::format("to have it again: tlspolicy undo {}", by->second));
  if (!changed_something(*found))
    return fail("nothing-to-undo",
                fmt::format("generation {} left nothing behind: {}", asked,
                            found->outcome.value_or("unfinished")),
                {}, "`tlspolicy history` shows what was changed");
  return std::vector{asked};
}

struct Undoing {
  int number = 0;
  apply::Change change;
};

bool does_nothing(const apply::Change& change) {
  return change.services.empty() && change.settings.path.empty() && change.settings_folders.empty();
}

// The first of them of which something is left: somebody may have removed by hand what one made.
Result<Undoing> first_that_stands(Context& context, journal::Journal& journal,
                                  const std::vector<int>& numbers) {
  for (const int number : numbers) {
    auto change = apply::undo_of(context.host, journal, number);
    if (!change) return tl::make_unexpected(change.error());
    if (!does_nothing(*change)) return Undoing{number, *std::move(change)};
    if (!change->warnings.empty()) return tl::make_unexpected(change->warnings.front());
    context.note(fmt::format("generation {}: nothing of it is left to be taken back", number));
  }
  return fail("nothing-to-undo", "there is no change that could be taken back", {},
              "`tlspolicy history` shows what was changed");
}

std::vector<prove::Target> targets_after(const apply::Change& change) {
  std::vector<prove::Target> out;
  for (const auto& one : change.services)
    if (one.running) out.insert(out.end(), one.after.begin(), one.after.end());
  return out;
}

// To serve again is asked of what did before the change, which the journal knows, and does now.
void note_serving(apply::Change& change, const std::vector<prove::Verdict>& seen) {
  for (auto& service : change.services)
    std::erase_if(service.serving_before, [&](const std::string& endpoint) {
      return std::ranges::none_of(seen, [&](const prove::Verdict& one) {
        return one.target.service == service.service && one.target.endpoint == endpoint &&
               one.serves;
      });
    });
}

}  // namespace

Answer run_undo(const Request& request, Context& context) {
  // The last thing was never finished: taking that back is what "undo" means then, and no more.
  journal::Journal journal(context.host, std::string(kGenerations));
  if (const auto open = journal.open_one(); request.generation == 0 && open && *open)
    return run_recover(request, context);
  auto session = Session::open(context);
  if (!session) return failed(session.error());
  const auto waiting = session->journal().waiting();
  if (!waiting) return failed(waiting.error());
  if (auto clean = recover_first(*session, context, true); !clean) return failed(clean.error());
  const auto history = load_history(session->journal());
  if (!history) return failed(history.error());
  const auto numbers = numbers_to_undo(request.generation, session->journal(), *waiting, *history);
  if (!numbers) return failed(numbers.error());
  auto goal = first_that_stands(context, session->journal(), *numbers);
  if (!goal) return failed(goal.error());
  auto* change = &goal->change;
  report::Changed changed{.verb = "undo",
                          .before = change->selected_before,
                          .after = change->selected_after,
                          .nothing_to_do = false,
                          .live = context.host.is_live(),
                          .outcome = {},
                          .skipped = {},
                          .weakenings = {},
                          .plan = {}};
  auto weaker = agreed_weakenings(request, context, targets_after(*change));
  if (!weaker) return tl::make_unexpected(weaker.error());
  changed.weakenings = *std::move(weaker);
  if (context.host.is_live())
    note_serving(*change, pre_proof(context, targets_after(*change)));
  else
    leave_commands_out(*change);

  // What waits would come back by itself: nobody is asked twice.
  const bool waits = *waiting && (*waiting)->number == goal->number;
  const auto confirm = time_to_confirm(request, context, !waits && changes_ssh(*change));
  if (!confirm) return tl::make_unexpected(confirm.error());
  if (auto armed = arm_beforehand(*session, context, *confirm); !armed)
    return failed(armed.error());
  auto outcome = apply::execute(session->tools(), session->journal(), *change, {false, *confirm});
  if (!outcome) return failed(outcome.error());
  if (waits)
    if (auto noted = apply::note_returned(session->journal(), **waiting, *outcome); !noted)
      return failed(noted.error());
  if (auto armed = arm(*session, context, *outcome, *confirm); !armed) return failed(armed.error());
  changed.outcome = *std::move(outcome);
  return Reply{report::status_of(changed), request.json
                                               ? report::changed_json(changed)
                                               : report::changed_text(changed, context.style)};
}

}  // namespace tlspolicy::cli
