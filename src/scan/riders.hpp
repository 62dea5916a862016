// SPDX-License-Identifier: Apache-2.0
// Questions that need no connection of their own: they ride along with hellos of which acceptance
// is expected anyway.  Where such a hello is not accepted it is sent again without the rider, which
// shows whose fault it was, and the rider's answer never counts for what was really asked.
#pragma once

#include <array>
#include <optional>

#include "scan/result.hpp"
#include "scan/said.hpp"

namespace tlspolicy::scan {

class Riders {
 public:
  Riders();

  // Puts one aboard and says which; nullopt: none fits, or none is left.  `newer`: the server
  // accepts a newer version than this hello offers.
  std::optional<std::size_t> board(wire::Hello&, bool newer);
  bool would_board(wire::Hello, bool newer) const;

  void arrived(std::size_t rider, const wire::Answer&);  // to a hello that was accepted with it
  void suspect(std::size_t rider, const wire::Answer&);  // not accepted with it …
  void cleared(std::size_t rider, bool accepted_alone);  // … and what came without it

  // What any accepted answer tells.
  void observe(const wire::Hello& asked, const wire::Chosen&);

  const Facts& facts() const { return facts_; }
  const std::vector<Intolerance>& intolerances() const { return intolerances_; }

 private:
  enum class Kind { usual, alpn, grease, version, deflate, heartbeat, fallback, size };
  struct Rider {
    Kind kind;
    std::size_t at_least = 0;  // size
    bool aboard = false, over = false;
    int tries = 0;
    std::optional<wire::Answer> without_success{};
  };
  void dress_usual(wire::Hello&) const;
  bool fits(const Rider&, const wire::Hello&, bool newer) const;
  void dress(const Rider&, wire::Hello&) const;
  void blame(const Rider&);
  void took(Rider&, const wire::Chosen*);

  std::array<Rider, 10> riders_;
  std::vector<std::string> alpn_left_;
  bool usual_ = false;  // bears them: they are in every hello from now on
  Facts facts_;
  std::vector<Intolerance> intolerances_;
};

}  // namespace tlspolicy::scan
