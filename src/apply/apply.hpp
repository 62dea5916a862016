// SPDX-License-Identifier: Apache-2.0
// The executor: write, check, reload, prove, keep or roll back; undo and recover with the same
// code. What to write was decided by plan/; apply/ only carries it out and never leaves a service
// mixed.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "host/host.hpp"
#include "journal/journal.hpp"
#include "prove/prove.hpp"

namespace tlspolicy::apply {

struct ServiceChange {
  std::string service;
  std::vector<journal::Member> members;
  std::vector<journal::Step> steps;   // checks in order; then at most one reload, restart, active
  bool restart = false;               // a setting needs a restart to come alive, not a reload
  bool running = true;                // false: it was stopped before us; never start it
  std::vector<prove::Target> after;   // proven once it was reloaded
  std::vector<prove::Target> before;  // proven once it was rolled back
  std::vector<std::string> serving_before;  // ids of endpoints that were up (pre-proof)
  bool reread = false;                      // reloaded and proven even if no file of it changes
};

struct Change {
  std::string verb;
  std::string selected_before, selected_after;
  std::vector<ServiceChange> services;  // in the order in which they are to be changed
  journal::Member settings;             // written last, only if at least one service took it
  std::vector<journal::Member> settings_folders = {};  // that go with it: undo of the first `set`
  std::vector<Error> warnings = {};  // of what is left as it is: settings that cannot be read
};

// Text for people while it works ("httpd: reloaded"), and the prover, which tests replace.
struct Tools {
  host::Host& host;
  std::function<std::vector<prove::Verdict>(const std::vector<prove::Target>&)> prove;
  std::function<void(const std::string& service, const std::string& text)> progress;
};

enum class Fate {
  kept,
  rolled_back,
  unchanged,
  stuck
};  // stuck: neither new nor old could be shown to serve
struct ServiceOutcome {
  std::string service;
  Fate fate = Fate::unchanged;
  std::optional<Error> error;            // why it was rolled back: the native error in `what`
  std::vector<prove::Verdict> verdicts;  // of the state that it is left in
};
struct Outcome {
  int generation = 0;  // 0: nothing had to be written
  std::vector<ServiceOutcome> services;
  std::vector<Error> warnings;  // an administrator's concurrent edit that was kept, …
  bool settings_written = false;
  bool open = false;  // it could not be brought to its end (a full disk): `recover` will do it
  std::uint32_t confirm_until = 0;  // Unix seconds: it goes back then, unless it is confirmed
  bool unconfirmed = false;         // of `recover`: it was whole, but nobody confirmed it
};

struct Options {
  bool atomic = false;              // one failure rolls everything back
  std::chrono::seconds confirm{0};  // what is kept goes back after this time; 0: it stays
};

// Errors are of the whole ("open-generation", a full disk before anything changed); what went wrong
// with one service stands in its outcome.  Folders that new files need are made, and taken away
// with them.  A path that is a symlink stands for the file that it leads to.
Result<Outcome> execute(Tools&, journal::Journal&, const Change&, const Options&);

// The change that takes generation `number` back: before and after swapped, services and members in
// reverse.  A file that anybody changed since (the administrator, or a newer generation) gets our
// change merged out, or it stops with the diff ("edited-since").  Where somebody took our lines out
// already, the service reads its files again all the same: it may still run with what they said.
// Whether a service runs is asked now, through its `active` step.  Settings that cannot be read
// hold nothing up: they stay, with a warning. With `left_out` a service whose files cannot go back
// is put there with the reason, and the rest of the change goes on.
Result<Change> undo_of(host::Host&, journal::Journal&, int number,
                       std::vector<ServiceOutcome>* left_out = nullptr);

// A generation that waits for its confirmation goes back when its time has come, or when the
// machine was booted since: whoever is locked out switches it off and on.
bool is_due(host::Host&, const journal::Generation& waiting);
// Taken back as a new generation, and said so in its own journal: every service that can, because
// nobody may be there to settle what holds one of them up.
Result<Outcome> take_back_waiting(Tools&, journal::Journal&, const journal::Generation& waiting);

// The same, where its undo was carried out by somebody else.
Result<void> note_returned(journal::Journal&, const journal::Generation& waiting, const Outcome&);

// Takes an open generation back whole, in reverse, or one that waits and is due, and removes what a
// run that was killed after its end left beside its files; nothing to do is not an error (nullopt).
// Idempotent, and may itself be killed at any point.
Result<std::optional<Outcome>> recover(Tools&, journal::Journal&);

}  // namespace tlspolicy::apply
