// SPDX-License-Identifier: Apache-2.0
// Running courses: the only part of the scan that touches the network, through probe.
#include "scan/scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <memory>

#include "scan/course.hpp"
#include "scan/finale.hpp"
#include "scan/ssh_course.hpp"
#include "scan/steady.hpp"
#include "scan/weakness.hpp"

namespace tlspolicy::scan {
namespace {

class Running {
 public:
  Running(Target target, probe::Enquiry& enquiry, const Means& means, std::function<void()> on_end)
      : place_(target.place),
        enquiry_(enquiry),
        means_(means),
        on_end_(std::move(on_end)),
        last_(Clock::now() + means.endpoint) {
    result_.target = std::move(target);
    begin();
  }

  void go_on() {
    if (place_.preamble == "ssh") return scan_ssh();
    if (Clock::now() > last_) return give_up();
    for (auto& question : course_->questions()) {
      ++awaited_;
      enquiry_.ask(
          place_, std::move(question.hello),
          [this, track = question.track](const wire::Answer& answer) {
            --awaited_;
            connected_ = connected_ || !std::holds_alternative<wire::Unreachable>(answer);
            course_->answer(track, answer);
            go_on();
          },
          question.manner);
    }
    if (awaited_ == 0 && !finale_) finish();
  }
  const probe::Place& place() const { return place_; }
  // Nobody was there, as far as a connection tells, and the name has another address: as clients
  // do, that one is tried (RFC 8305, without its haste).
  std::optional<Target> next_address() const {
    const Target& target = result_.target;
    if (connected_ || (ssh_ && ssh_->connected()) || result_.serves == Fact::yes ||
        target.others.empty())
      return std::nullopt;
    Target out = target;
    out.unreached.push_back({place_.address, result_.why});
    out.place.address = target.others.front();
    out.others.erase(out.others.begin());
    return out;
  }
  Endpoint take() {
    result_.weaknesses = weaknesses_of(result_, means_.now);
    return std::move(result_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  void begin() {
    const int at_once = alone_ ? 1 : means_.limits.per_host;
    course_.emplace(result_.target, Options{.retries = means_.retries, .per_host = at_once});
  }
  // Nothing of what it refused can be believed.
  void begin_again() {
    connections_before_ = result_.connections;
    alone_ = true;
    enquiry_.one_by_one(place_);
    begin();
    go_on();
  }
  // What is under way has limits of its own.
  void give_up() {
    if (awaited_ > 0 || finale_) return;
    take_result();
    result_.gaps.push_back({"everything else", fmt::format("the scan took longer than {} seconds",
                                                           means_.endpoint.count())});
    on_end_();
  }
  void scan_ssh() {
    ssh_.emplace(enquiry_, result_, means_.ssh_moduli, means_.retries, on_end_);
    ssh_->start();
  }
  void take_result() {
    result_ = course_->result();
    result_.connections += connections_before_;
  }
  void finish() {
    take_result();
    if (!alone_ && course_->needs_to_be_alone()) return begin_again();
    if (course_->is_lost()) return on_end_();
    finale_.emplace(enquiry_, result_, [this] { make_sure(); });
    finale_->start();
  }
  // A handshake shows that it still takes what it took; without any, who has had enough of us may
  // have refused all by the same alert as what it has not.
  void make_sure() {
    const auto* first = course_->not_asked_again();
    if (!first || finale_->any_done()) return on_end_();
    enquiry_.ask(place_, first->first, [this, first](const wire::Answer& answer) {
      ++result_.connections;
      if (const auto why = difference(first->second, answer); !why.empty())
        claim_nothing(result_, why);
      on_end_();
    });
  }

  probe::Place place_;
  probe::Enquiry& enquiry_;
  const Means& means_;
  std::optional<Course> course_;
  int connections_before_ = 0;  // until it began again
  bool alone_ = false;
  std::function<void()> on_end_;
  Clock::time_point last_;
  Endpoint result_;
  std::optional<Finale> finale_;
  std::optional<SshCourse> ssh_;
  int awaited_ = 0;
  bool connected_ = false;
};

// Keeps as many endpoints under way as there may be.
class Fleet {
 public:
  Fleet(Source& source, const std::function<void(Endpoint)>& done, const Means& means)
      : source_(source), done_(done), means_(means), enquiry_(means.limits) {}

  void run() {
    fill();
    if (source_.fd() < 0) return enquiry_.run();
    enquiry_.run_with(source_.fd(), [this] {
      fill();
      return !source_.over();
    });
  }

 private:
  void fill() {
    while (running_.size() < static_cast<std::size_t>(std::max(1, means_.endpoints_at_once))) {
      auto target = source_.take();
      if (!target) return;
      start(std::move(*target));
    }
  }
  void start(Target target) {
    const auto at = running_.emplace(running_.end());
    *at = std::make_unique<Running>(std::move(target), enquiry_, means_, [this, at] { end(at); });
    (*at)->go_on();
  }
  // Called by the one that ends, out of its own callback: it is freed with the next.
  void end(std::list<std::unique_ptr<Running>>::iterator at) {
    enquiry_.forget((*at)->place());
    auto next = (*at)->next_address();
    if (!next) done_((*at)->take());
    ended_.clear();
    ended_.splice(ended_.end(), running_, at);
    if (next) start(*std::move(next));
    fill();
  }

  Source& source_;
  const std::function<void(Endpoint)>& done_;
  const Means& means_;
  probe::Enquiry enquiry_;
  std::list<std::unique_ptr<Running>> running_, ended_;
};
}  // namespace

bool asked_for(const Target& scanned, const Target& target) {
  if (scanned.unreached.empty() || scanned.name != target.name) return scanned == target;
  return scanned.unreached.front().about == target.place.address;
}

void scan(Source& source, const std::function<void(Endpoint)>& done, const Means& means) {
  Fleet(source, done, means).run();
}

std::vector<Endpoint> scan(const std::vector<Target>& targets, const Means& means) {
  std::vector<Endpoint> ended;
  ListSource source(targets);
  scan(
      source, [&](Endpoint endpoint) { ended.push_back(std::move(endpoint)); }, means);
  std::vector<Endpoint> out;
  for (const Target& target : targets) {
    const auto found = std::ranges::find_if(
        ended, [&](const Endpoint& one) { return asked_for(one.target, target); });
    if (found != ended.end()) out.push_back(*found);
  }
  return out;
}

}  // namespace tlspolicy::scan
