// SPDX-License-Identifier: Apache-2.0
// The machine stops after every single operation of `set`, `undo` and `recover` itself; what a
// fresh recover makes of the remains is all-old or all-new, nobody's edit is lost, and nothing of
// ours lies about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <set>

#include "site.hpp"
#include "support/crashing_host.hpp"

namespace tlspolicy::apply {
namespace {

using host::FileState, host::Path;
using test::Crash, test::CrashingHost, test::Loss;
using testing::IsEmpty;
using Files = std::map<Path, FileState>;

enum class Verb { set, undo };
enum class Edit { none, before_exchange, after_exchange, in_place };

struct Case {
  Verb verb;
  Loss loss;
  Edit edit;
  std::string ssl_conf = "new ssl\n";  // "FATAL\n": a service that has to be rolled back on the way
};

constexpr auto kEdited = "/etc/httpd/ssl.conf";
constexpr int kNever = -1;
constexpr auto kTheirs = "the administrator's\n";

// The site as it stands before the verb, and the change that the verb is.
struct Scene {
  explicit Scene(const Case& test_case) {
    change = site.change();
    change.services[0] = site.httpd(test_case.ssl_conf);
    if (test_case.verb == Verb::undo) {
      auto tools = site.tools();
      auto journal = site.journal();
      EXPECT_TRUE(execute(tools, journal, change, {}));
      change = undo_of(site.fake, journal, 1).value();
    }
    old = site.files();
  }
  Site site;
  Change change;
  Files old;
};

// Types once: just before or just after the file is exchanged for the first time.
std::function<void(int)> typist(Scene& scene, CrashingHost& host, Edit edit) {
  auto done = std::make_shared<bool>(false);
  return [&scene, &host, edit, done](int) {
    const bool exchanging = host.log.back() == std::string("exchange ") + kEdited;
    const bool exchanged =
        host.log.size() > 1 && host.log[host.log.size() - 2] == std::string("exchange ") + kEdited;
    if (*done || edit == Edit::none) return;
    if (edit == Edit::before_exchange ? !exchanging : !exchanged) return;
    *done = true;
    if (edit == Edit::in_place)
      scene.site.fake.put(kEdited, kTheirs);
    else
      scene.site.fake.replace(kEdited, kTheirs, 0600);
  };
}

bool typed(const Scene& scene) {
  for (const auto& [path, inode] : scene.site.fake.names)
    if (inode->content == kTheirs) return true;
  return false;
}

using Work = std::function<void(Tools&, journal::Journal&)>;
using Snapshots = std::vector<Site::Snapshot>;

// What is left when the work is stopped before its first operation, and after each one.  It runs
// once; that a crash really ends it there is shown by CrashesOnDisk.
Snapshots stops_of(const Work& work, const Case& test_case, Scene& scene, Edit edit) {
  Snapshots out;
  CrashingHost host(scene.site.fake, kNever, test_case.loss);
  host.meanwhile = typist(scene, host, edit);
  host.stop = [&](const test::Names& remains) { out.push_back(scene.site.snapshot(remains)); };
  auto tools = scene.site.tools(host);
  auto journal = scene.site.journal(host);
  out.push_back(scene.site.snapshot());
  work(tools, journal);
  return out;
}

void begin_from(const Site::Snapshot& remains, const Case& test_case, Scene& scene) {
  scene.site.restore(remains);
  if (test_case.loss != Loss::nothing) scene.site.power_cut();
}

void recovers(Tools& tools, journal::Journal& journal) {
  const auto out = recover(tools, journal);
  EXPECT_TRUE(out) << out.error().what;
}

// Did the generation of the verb come to its end, and kept something?
bool is_committed(Scene& scene) {
  auto journal = scene.site.journal();
  const auto numbers = journal.numbers().value();
  const int ours = scene.change.verb == "set" ? 1 : 2;
  if (numbers.empty() || numbers.back() != ours) return false;
  const auto outcome = journal.load(ours).value().outcome;
  return outcome == "kept" || outcome == "partly";
}

void expect_old_or_new(Scene& scene, const Files& all_new) {
  Files now = scene.site.files(), expected = is_committed(scene) ? all_new : scene.old;
  const bool theirs = scene.site.fake.content(kEdited) == kTheirs;
  EXPECT_TRUE(theirs || !typed(scene)) << "the edit was not left in place";
  if (theirs)
    for (Files* files : {&now, &expected}) files->erase(kEdited);
  EXPECT_TRUE(now == expected) << (is_committed(scene) ? "not new" : "not old");
  EXPECT_THAT(scene.site.strays(), IsEmpty());
  EXPECT_EQ(*scene.site.journal().open_one(), std::nullopt);
  scene.site.boot();
  for (const auto& [name, daemon] : scene.site.daemons) {
    EXPECT_TRUE(daemon.alive) << name;
    EXPECT_TRUE(theirs || daemon.loaded == daemon.on_disk(scene.site.fake)) << name;
  }
}

class Crashes : public testing::TestWithParam<Case> {};

TEST_P(Crashes, LeaveOldOrNewAfterEveryOperationAndARecoverThatIsStoppedToo) {
  const Case& test_case = GetParam();
  Scene scene(test_case);
  const Work verb = [&](Tools& tools, journal::Journal& journal) {
    EXPECT_TRUE(execute(tools, journal, scene.change, {}));
  };
  const Snapshots stops = stops_of(verb, test_case, scene, test_case.edit);
  const Files fresh = scene.site.files();

  // Recover from every stop, and from every stop of those recoveries, and so on, until nothing new
  // comes: what recover does follows from what it finds.
  Snapshots to_do = stops;
  std::set<std::string> found;
  while (!to_do.empty() && !HasFailure()) {
    begin_from(to_do.back(), test_case, scene);
    to_do.pop_back();
    if (!found.insert(scene.site.fingerprint()).second) continue;
    const Snapshots again = stops_of(recovers, test_case, scene, Edit::none);
    expect_old_or_new(scene, fresh);
    to_do.insert(to_do.end(), again.begin(), again.end());
  }
  EXPECT_GT(stops.size(), 30U);  // the loops did reach the work
  EXPECT_GT(found.size(), 30U);
  RecordProperty("stops", static_cast<int>(stops.size()));
  RecordProperty("recoveries", static_cast<int>(found.size()));
}

std::string name_of(const testing::TestParamInfo<Case>& which) {
  const Case& c = which.param;
  const char* edits[] = {"", "EditBefore", "EditAfter", "EditInPlace"};
  const char* losses[] = {"Killed", "PowerCut", "HalfPowerCut"};
  return std::string(c.verb == Verb::set ? "Set" : "Undo") + losses[static_cast<int>(c.loss)] +
         edits[static_cast<int>(c.edit)] + (c.ssl_conf == "new ssl\n" ? "" : "RollingBack");
}

INSTANTIATE_TEST_SUITE_P(EveryOperation, Crashes,
                         testing::Values(Case{Verb::set, Loss::nothing, Edit::none},
                                         Case{Verb::set, Loss::names, Edit::none},
                                         Case{Verb::set, Loss::half, Edit::none},
                                         Case{Verb::set, Loss::nothing, Edit::before_exchange},
                                         Case{Verb::set, Loss::nothing, Edit::after_exchange},
                                         Case{Verb::set, Loss::nothing, Edit::in_place},
                                         Case{Verb::set, Loss::nothing, Edit::none, "FATAL\n"},
                                         Case{Verb::set, Loss::names, Edit::none, "FATAL\n"},
                                         Case{Verb::undo, Loss::nothing, Edit::none},
                                         Case{Verb::undo, Loss::names, Edit::none},
                                         Case{Verb::undo, Loss::half, Edit::none},
                                         Case{Verb::undo, Loss::nothing, Edit::before_exchange},
                                         Case{Verb::undo, Loss::nothing, Edit::after_exchange}),
                         name_of);

class UnconfirmedChange : public testing::TestWithParam<Loss> {};

// Its way back is a generation of its own, so every stop leaves one more: one round is looked at.
TEST_P(UnconfirmedChange, GoesBackWhereverItsReturnIsStopped) {
  const Case test_case{Verb::set, GetParam(), Edit::none};
  Scene scene(test_case);
  auto tools = scene.site.tools();
  auto journal = scene.site.journal();
  ASSERT_TRUE(execute(tools, journal, scene.change, {false, std::chrono::minutes(5)}));
  ASSERT_FALSE(scene.site.files() == scene.old);
  scene.site.fake.time += std::chrono::minutes(6);

  const Snapshots stops = stops_of(recovers, test_case, scene, Edit::none);
  EXPECT_GT(stops.size(), 20U);
  for (const auto& stop : stops) {
    begin_from(stop, test_case, scene);
    recovers(tools, journal);
    EXPECT_TRUE(scene.site.files() == scene.old);
    EXPECT_THAT(scene.site.strays(), IsEmpty());
    EXPECT_FALSE(journal.waiting().value().has_value());
    scene.site.boot();
    for (const auto& [name, daemon] : scene.site.daemons) EXPECT_TRUE(daemon.alive) << name;
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryLoss, UnconfirmedChange,
                         testing::Values(Loss::nothing, Loss::names, Loss::half));

// The same on the real file system, under a root of its own: names, modes and attributes as the
// kernel keeps them.
TEST(CrashesOnDisk, LeaveOldOrNewAfterEveryOperation) {
  const auto tree = [](host::Host& host) {
    Files out;
    for (const Path folder : {"/etc", "/etc/httpd", "/etc/httpd/conf.d"}) {
      const auto names = host.list(folder).value();
      for (const auto& name : names) {
        const Path path = folder + "/" + name;
        out[path] = *host.read(path);
      }
    }
    return out;
  };
  const FileState base{FileState::Kind::file,  "old\n", 0640, getuid(), getgid(),
                       {{"user.note", "kept"}}};
  FileState changed = base;
  changed.content = "new\n";
  Change change;
  change.verb = "set";
  change.services.push_back({"httpd",
                             {{"httpd", "/etc/httpd/link.conf", base, changed},
                              {"httpd", "/etc/httpd/conf.d/new.conf", FileState{}, changed},
                              {"httpd", "/etc/httpd/gone.conf", base, FileState{}}},
                             {},
                             false,
                             true,
                             {},
                             {},
                             {}});
  Files old, fresh;
  for (int crash_after = -1;; ++crash_after) {
    std::string root = (std::filesystem::temp_directory_path() / "tlspolicy-XXXXXX").string();
    ASSERT_NE(mkdtemp(root.data()), nullptr);
    const auto real = host::real_host(root);
    ASSERT_TRUE(real->make_folder("/etc/httpd", 0755));
    ASSERT_TRUE(real->create("/etc/httpd/ssl.conf", base));
    ASSERT_TRUE(real->create("/etc/httpd/gone.conf", base));
    FileState link{FileState::Kind::symlink, "ssl.conf", 0777, getuid(), getgid(), {}};
    ASSERT_TRUE(real->create("/etc/httpd/link.conf", link));
    if (crash_after < 0) old = tree(*real);

    CrashingHost host(*real, crash_after);
    Tools tools{host, {}, {}};
    journal::Journal journal(host, kGenerations);
    bool crashed = false;
    try {
      const auto out = execute(tools, journal, change, {});
      ASSERT_TRUE(out);
      EXPECT_EQ(out->services[0].fate, Fate::kept);
    } catch (const Crash&) {
      crashed = true;
    }
    if (crash_after < 0) fresh = tree(*real);
    Tools sound{*real, {}, {}};
    journal::Journal again(*real, kGenerations);
    const auto out = recover(sound, again);
    ASSERT_TRUE(out) << out.error().what << out.error().where;
    const auto now = tree(*real);
    EXPECT_TRUE(now == old || now == fresh) << crash_after;
    EXPECT_EQ(now.at("/etc/httpd/link.conf"), link);
    std::filesystem::remove_all(root);
    if (crash_after >= 0 && !crashed) break;
    ASSERT_LT(crash_after, 1000);
  }
  EXPECT_NE(old, fresh);
  EXPECT_EQ(fresh.at("/etc/httpd/ssl.conf"), changed);
}

}  // namespace
}  // namespace tlspolicy::apply
