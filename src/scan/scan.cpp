// SPDX-License-Identifier: Apache-2.0
// Running courses: the only part of the scan that touches the network, through probe.
#include "scan/scan.hpp"

#include <algorithm>
#include <list>
#include <memory>

#include "scan/certificate.hpp"
#include "scan/course.hpp"
#include "scan/lists.hpp"
#include "scan/weakness.hpp"

namespace tlspolicy::scan {
namespace {
using crypto::Protocol;

// In TLS 1.3 certificate and signature are encrypted: one whole handshake for each kind of key that
// older versions showed, or whatever it gives where they showed none.
std::vector<probe::Wish> handshakes_for(const Endpoint& endpoint) {
  if (!accepts(endpoint, Protocol::tls13)) return {};
  const probe::Wish any{.version = Protocol::tls13,
                        .suites = find(endpoint, Protocol::tls13)->suites.accepted,
                        .groups = endpoint.groups13.accepted,
                        .schemes = {}};
  std::vector<probe::Wish> out;
  for (const auto& one : endpoint.schemes12) {
    if (one.schemes.accepted.empty() || one.key == "dsa") continue;
    out.push_back(any);
    out.back().schemes = schemes_of(one.key);
  }
  if (out.empty()) out.push_back(any);
  return out;
}

class Running {
 public:
  Running(Target target, probe::Enquiry& enquiry, const Means& means, std::function<void()> on_end)
      : place_(target.place),
        enquiry_(enquiry),
        course_(std::move(target), {.retries = means.retries}),
        on_end_(std::move(on_end)) {}

  void go_on() {
    for (auto& question : course_.questions()) {
      ++awaited_;
      enquiry_.ask(place_, std::move(question.hello),
                   [this, track = question.track](const wire::Answer& answer) {
                     --awaited_;
                     course_.answer(track, answer);
                     go_on();
                   });
    }
    if (awaited_ == 0 && !shaking_) shake_hands();
  }
  Endpoint take() {
    result_.weaknesses = weaknesses_of(result_);
    return std::move(result_);
  }

 private:
  void shake_hands() {
    shaking_ = true;
    result_ = course_.result();
    const auto wishes = handshakes_for(result_);
    awaited_ = static_cast<int>(wishes.size());
    if (wishes.empty()) return on_end_();
    for (const auto& wish : wishes)
      enquiry_.shake_hands(place_, wish, [this](const probe::Handshake& shake) {
        note(shake);
        if (--awaited_ == 0) on_end_();
      });
  }
  void note(const probe::Handshake& shake) {
    result_.connections += shake.reached_server ? 1 : 0;
    if (!shake.done) {
      result_.gaps.push_back({"the certificate in TLSv1.3", shake.why});
      return;
    }
    result_.signed13.push_back({shake.scheme, shake.key_type});
    add_chain(result_, shake.certificates, Protocol::tls13);
  }

  probe::Place place_;
  probe::Enquiry& enquiry_;
  Course course_;
  std::function<void()> on_end_;
  Endpoint result_;
  int awaited_ = 0;
  bool shaking_ = false;
};

// Keeps as many endpoints under way as there may be.
class Fleet {
 public:
  Fleet(const std::function<std::optional<Target>()>& next,
        const std::function<void(Endpoint)>& done, const Means& means)
      : next_(next), done_(done), means_(means), enquiry_(means.limits) {}

  void run() {
    for (int i = 0; i < means_.endpoints_at_once && start_one(); ++i) continue;
    enquiry_.run();
  }

 private:
  bool start_one() {
    auto target = next_();
    if (!target) return false;
    const auto at = running_.emplace(running_.end());
    *at = std::make_unique<Running>(std::move(*target), enquiry_, means_, [this, at] { end(at); });
    (*at)->go_on();
    return true;
  }
  // Called by the one that ends, out of its own callback: it is freed with the next.
  void end(std::list<std::unique_ptr<Running>>::iterator at) {
    done_((*at)->take());
    ended_.clear();
    ended_.splice(ended_.end(), running_, at);
    start_one();
  }

  const std::function<std::optional<Target>()>& next_;
  const std::function<void(Endpoint)>& done_;
  const Means& means_;
  probe::Enquiry enquiry_;
  std::list<std::unique_ptr<Running>> running_, ended_;
};
}  // namespace

void scan(const std::function<std::optional<Target>()>& next,
          const std::function<void(Endpoint)>& done, const Means& means) {
  Fleet(next, done, means).run();
}

std::vector<Endpoint> scan(const std::vector<Target>& targets, const Means& means) {
  std::size_t taken = 0;
  std::vector<Endpoint> ended;
  const auto next = [&]() -> std::optional<Target> {
    return taken < targets.size() ? std::optional(targets[taken++]) : std::nullopt;
  };
  scan(
      next, [&](Endpoint endpoint) { ended.push_back(std::move(endpoint)); }, means);
  std::vector<Endpoint> out;
  for (const Target& target : targets) {
    const auto found = std::ranges::find(ended, target, &Endpoint::target);
    if (found != ended.end()) out.push_back(*found);
  }
  return out;
}

}  // namespace tlspolicy::scan
