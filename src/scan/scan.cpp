// SPDX-License-Identifier: Apache-2.0
// Running courses: the only part of the scan that touches the network, through probe.
#include "scan/scan.hpp"

#include <algorithm>
#include <list>
#include <memory>

#include "scan/course.hpp"
#include "scan/finale.hpp"
#include "scan/ssh_course.hpp"
#include "scan/weakness.hpp"

namespace tlspolicy::scan {
namespace {

class Running {
 public:
  Running(Target target, probe::Enquiry& enquiry, const Means& means, std::function<void()> on_end)
      : place_(target.place),
        enquiry_(enquiry),
        means_(means),
        course_(target, {.retries = means.retries}),
        on_end_(std::move(on_end)) {
    result_.target = std::move(target);
  }

  void go_on() {
    if (place_.preamble == "ssh") return scan_ssh();
    for (auto& question : course_.questions()) {
      ++awaited_;
      enquiry_.ask(place_, std::move(question.hello),
                   [this, track = question.track](const wire::Answer& answer) {
                     --awaited_;
                     course_.answer(track, answer);
                     go_on();
                   });
    }
    if (awaited_ == 0 && !finale_) finish();
  }
  Endpoint take() {
    result_.weaknesses = weaknesses_of(result_);
    return std::move(result_);
  }

 private:
  void scan_ssh() {
    ssh_.emplace(enquiry_, result_, means_.ssh_moduli, means_.retries, on_end_);
    ssh_->start();
  }
  void finish() {
    result_ = course_.result();
    finale_.emplace(enquiry_, result_, on_end_);
    finale_->start();
  }

  probe::Place place_;
  probe::Enquiry& enquiry_;
  const Means& means_;
  Course course_;
  std::function<void()> on_end_;
  Endpoint result_;
  std::optional<Finale> finale_;
  std::optional<SshCourse> ssh_;
  int awaited_ = 0;
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
