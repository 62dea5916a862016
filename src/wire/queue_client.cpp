// SPDX-License-Identifier: Apache-2.0
// A message for cleanup(8); see queue_client.hpp.
#include "wire/queue_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "wire/quoted.hpp"

namespace tlspolicy::wire {
namespace {

constexpr std::size_t kMostOfReply = std::size_t{4} * 1024;
constexpr std::size_t kLongestId = 64;

void put(Bytes& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }

// "name\0value\0", a list of which ends with another \0.
void attribute(Bytes& out, std::string_view name, std::string_view value) {
  for (const auto text : {name, value}) {
    put(out, text);
    out.push_back(0);
  }
}

// A record: type, length in groups of seven bits with the lowest first, bytes.
void record(Bytes& out, char type, std::string_view body) {
  out.push_back(static_cast<std::uint8_t>(type));
  std::size_t left = body.size();
  do {
    const std::size_t more = left >> 7;
    out.push_back(static_cast<std::uint8_t>((left & 0x7FU) | (more != 0 ? 0x80U : 0)));
    left = more;
  } while (left != 0);
  put(out, body);
}

struct Attributes {
  std::vector<std::pair<std::string, std::string>> list;
  const std::string* find(std::string_view name) const {
    for (const auto& [key, value] : list)
      if (key == name) return &value;
    return nullptr;
  }
};

// The list at the start of `bytes`, which is cut off; nullopt: it is not whole yet.
std::optional<Attributes> take_list(Bytes& bytes) {
  Attributes out;
  auto at = bytes.begin();
  const auto text = [&]() -> std::optional<std::string> {
    const auto end = std::find(at, bytes.end(), 0);
    if (end == bytes.end()) return std::nullopt;
    std::string word(at, end);
    at = end + 1;
    return word;
  };
  for (;;) {
    auto name = text();
    if (!name) return std::nullopt;
    if (name->empty()) break;
    auto value = text();
    if (!value) return std::nullopt;
    out.list.emplace_back(*std::move(name), *std::move(value));
  }
  bytes.erase(bytes.begin(), at);
  return out;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

// RFC 5322 3.3, in UTC.
std::string date_of(long now) {
  const std::time_t time = now;
  std::tm at{};
  gmtime_r(&time, &at);
  std::array<char, 64> out{};
  return {out.data(), std::strftime(out.data(), out.size(), "%a, %d %b %Y %H:%M:%S +0000", &at)};
}

}  // namespace

// cleanup(8) takes nothing without a Received line (RFC 5321 4.4).  rec_type.h: T time, L filter, S
// sender (of nobody: it never bounces), R recipient, M N N … X E.
Bytes QueueClient::message() const {
  Bytes out;
  attribute(out, "flags", "0");  // no table, filter or Milter is asked
  out.push_back(0);
  record(out, 'T', fmt::format("{} 0", now_));
  record(out, 'L', next_hop_);
  record(out, 'S', "");
  record(out, 'R', kNobody);
  record(out, 'M', "");
  record(out, 'N', "Received: by tlspolicy.invalid (tlspolicy); " + date_of(now_));
  for (const auto line :
       {std::string_view("From: tlspolicy <MAILER-DAEMON>"),
        std::string_view("Subject: tlspolicy looks at the TLS of outgoing mail"),
        std::string_view("Auto-Submitted: auto-generated"), std::string_view(""),
        std::string_view("This goes to tlspolicy itself, on this host, and to nobody else.")})
    record(out, 'N', line);
  record(out, 'X', "");
  record(out, 'E', "");
  return out;
}

Bytes QueueClient::to_send() {
  if (!may_go_on_ || sent_ || id_.empty()) return {};
  sent_ = true;
  return message();
}

Result<void> QueueClient::feed(View bytes) {
  const auto unknown = [](const std::string& what) {
    return fail("client-not-asked", "Postfix's queue did not take a message: " + what);
  };
  seen_.insert(seen_.end(), bytes.begin(), bytes.end());
  while (const auto list = take_list(seen_)) {
    if (const auto* id = list->find("queue_id"); id && id_.empty()) {
      if (!is_id(*id)) return unknown("it called it " + quoted(*id));
      id_ = *id;
    } else if (const auto* status = list->find("status"); status && sent_) {
      const auto* why = list->find("reason");
      if (*status != "0")
        return unknown(fmt::format("status {}{}", quoted(*status), why ? ", " + quoted(*why) : ""));
      done_ = true;
    } else if (!list->find("protocol")) {
      return unknown("it spoke of something else");
    }
  }
  if (seen_.size() > kMostOfReply) return unknown("it said too much");
  return {};
}

}  // namespace tlspolicy::wire
