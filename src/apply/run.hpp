// SPDX-License-Identifier: Apache-2.0
// One generation while it is carried out or taken back: the phases that execute and recover share,
// each in its own file.
#pragma once

#include <string>
#include <vector>

#include "apply/apply.hpp"
#include "apply/part.hpp"

namespace tlspolicy::apply {

struct Run {
  Tools& tools;
  journal::Journal& journal;
  int number = 0;
  std::vector<Error> warnings = {};
  bool mixed = false;                       // a file could not be put back: `recover` must
  std::optional<Error> journal_error = {};  // it takes no more records: all has to go back

  host::Path beside(const journal::Member& member) const {
    return host::beside(member.path, std::to_string(number));
  }
  void say(const Part& part, const std::string& text) const {
    if (tools.progress) tools.progress(part.service.name, text);
  }
};

// write.cpp: all members of a part, or none.  An Error is the reason why the part cannot be kept;
// what was written already is then to be taken back.
struct Written {
  bool touched = false;  // at least one name may have been exchanged
  std::optional<Error> error;
};
Written write_part(Run&, const Part&);
struct Restored {
  bool theirs = false;         // somebody's bytes were left in place
  std::optional<Error> error;  // of the system: the part may be mixed, the generation stays open
};
Restored restore_part(Run&, const Part&);       // in reverse
Restored restore_untouched(Run&, const Part&);  // only what lies beside the paths, and new folders
void warn_of_edits(Run&, const Part&);          // before the end of a part that is kept
void sweep_part(Run&, const Part&);             // after the end: what was swapped out
void drop_folders(Run&, const Part&);           // then: folders that a kept part takes away
Result<void> sync_part(host::Host&, const Part&);  // the folders of its members

// settle.cpp: the service's own programs, and the proof.
std::optional<Error> check(Run&, const Part&);
bool is_active(host::Host&, const Part&);  // true where there is no such step
bool is_live(const Run&, const Part&);     // is there a running service to reload and prove?
struct Settled {
  bool active = false;
  std::vector<prove::Verdict> verdicts;
};
bool all_comply(const std::vector<prove::Verdict>&);
enum class How { reload, restart };
How how_to_take_up(const Part&);  // reload, or restart where a setting needs it
std::optional<Error> take_up(Run&, const Part&, How);
// Looks until all targets comply, or it is plain that they will not.
Settled settle(Run&, const Part&, const std::vector<prove::Target>&, How);
// Held against the pre-proof: an endpoint that was dead before is not our regression.
std::optional<Error> judge(const Part&, const Settled&);

// wake.cpp: a part whose files are back serves again with its old settings; restarted if need be.
struct Woken {
  Fate fate = Fate::rolled_back;  // or stuck
  std::vector<prove::Verdict> verdicts;
  std::optional<Error> error;
};
Woken wake(Run&, const Part&, bool check_first, bool was_taken_up);

}  // namespace tlspolicy::apply
