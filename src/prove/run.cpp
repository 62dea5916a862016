// SPDX-License-Identifier: Apache-2.0
// The runner: asks what `next` says until it says nothing more, then full handshakes, then judges.
// All endpoints share one enquiry; handshakes block and follow in a few threads.
#include <atomic>
#include <memory>
#include <thread>

#include "prove/judge.hpp"
#include "prove/terms.hpp"

namespace tlspolicy::prove {
namespace {
struct Course {
  const Target& target;
  Evidence evidence{};
  std::size_t pending = 0;
};
using Courses = std::vector<std::unique_ptr<Course>>;

const TlsExpectation* tls_of(const Course& course) {
  return std::get_if<TlsExpectation>(&course.target.expect);
}

void go_on(probe::Enquiry& enquiry, Course& course) {
  const TlsExpectation& e = *tls_of(course);
  const int left = kConnections - static_cast<int>(handshake_versions(e).size()) -
                   static_cast<int>(course.evidence.answers.size());
  const auto hellos = next(questions(e, course.evidence.answers), course.evidence.answers, left);
  course.pending = hellos.size();
  for (const wire::Hello& hello : hellos)
    enquiry.ask(course.target.place, hello, [&enquiry, &course, hello](const wire::Answer& answer) {
      ++course.evidence.connections;
      course.evidence.answers.push_back({hello, answer});
      if (--course.pending == 0) go_on(enquiry, course);
    });
}

void start(probe::Enquiry& enquiry, Course& course) {
  if (!course.target.client.way.empty()) return;
  if (tls_of(course)) return go_on(enquiry, course);
  enquiry.ask_ssh(course.target.place, [&course](const wire::SshAnswer& answer) {
    ++course.evidence.connections;
    course.evidence.ssh = answer;
  });
}

// Somebody is at that address: a whole handshake may succeed even where our hellos did not.
bool reachable(const Course& course) {
  return std::ranges::any_of(course.evidence.answers, [](const Asked& asked) {
    return !std::holds_alternative<wire::Unreachable>(asked.answer);
  });
}

void shake_hands(Course& course, const probe::Limits& limits) {
  const TlsExpectation* e = tls_of(course);
  if (!e || !reachable(course)) return;
  for (const crypto::Protocol version : handshake_versions(*e, course.evidence.answers)) {
    auto suites = allowed_in(*e, version);
    if (suites.empty()) suites = popular_in(version);
    Tried tried{version, probe::full_handshake(course.target.place, version, suites, e->groups,
                                               limits.answer, limits.greeting)};
    if (tried.handshake.reached_server) ++course.evidence.connections;
    const bool done = tried.handshake.done;
    course.evidence.handshakes.push_back(std::move(tried));
    // The next one would wait as long for as little; or that it serves is all that is asked.
    if (done ? e->protocols.empty() : !answers_at_all(course.evidence.answers)) return;
  }
}

// At most as many at a time as one host may be asked: they may all be the same host.
void shake_all_hands(const Courses& courses, const probe::Limits& limits) {
  std::atomic<std::size_t> taken = 0;
  const auto work = [&] {
    for (std::size_t i = taken++; i < courses.size(); i = taken++) shake_hands(*courses[i], limits);
  };
  std::vector<std::jthread> threads;
  const auto wanted = static_cast<std::size_t>(std::clamp(limits.per_host, 1, 8));
  for (std::size_t i = 1; i < std::min(wanted, courses.size()); ++i) threads.emplace_back(work);
  work();
}

void ask_sig_algs(Course& course, const Means& means) {
  const auto* e = std::get_if<SshExpectation>(&course.target.expect);
  const bool there =
      course.evidence.ssh && std::holds_alternative<wire::SshOffer>(*course.evidence.ssh);
  if (!e || !there || e->public_keys.empty() || !means.ssh_sig_algs) return;
  ++course.evidence.connections;
  course.evidence.ssh_sig_algs = means.ssh_sig_algs(course.target.place);
}

void ask_effective(Course& course, const Means& means) {
  const auto* e = std::get_if<SshExpectation>(&course.target.expect);
  if (!e || !means.ssh_effective || (e->public_keys.empty() && e->rsa_bits <= 0)) return;
  const auto ask = [&](const std::string& connection) {
    if (course.evidence.ssh_effective.contains(connection)) return;
    if (auto answer = means.ssh_effective(connection))
      course.evidence.ssh_effective.emplace(connection, *std::move(answer));
  };
  ask("");
  for (const SshBlock& block : e->blocks)
    if (!block.connection.empty()) ask(block.connection);
}

void catch_client(Course& course, const Means& means) {
  const Client& client = course.target.client;
  if (client.way.empty() || !means.caught) return;
  ++course.evidence.connections;
  course.evidence.caught = means.caught(client, course.target.place.preamble);
}
}  // namespace

std::vector<Verdict> prove(const std::vector<Target>& targets, const Means& means) {
  Courses courses;
  for (const Target& target : targets) courses.push_back(std::make_unique<Course>(Course{target}));
  probe::Enquiry enquiry(means.limits);
  for (const auto& course : courses) start(enquiry, *course);
  enquiry.run();
  shake_all_hands(courses, means.limits);
  std::vector<Verdict> out;
  for (const auto& course : courses) {
    ask_sig_algs(*course, means);
    ask_effective(*course, means);
    catch_client(*course, means);
    out.push_back(judge(course->target, course->evidence));
  }
  return out;
}

std::vector<Verdict> prove(const std::vector<Target>& targets, probe::Limits limits) {
  return prove(targets, Means{.limits = limits});
}

}  // namespace tlspolicy::prove
