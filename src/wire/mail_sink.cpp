// SPDX-License-Identifier: Apache-2.0
// Taking a message; see mail_sink.hpp.
#include "wire/mail_sink.hpp"

#include "wire/quoted.hpp"

namespace tlspolicy::wire {
namespace {

constexpr std::size_t kMostHeard = std::size_t{64} * 1024;  // our message has some 600 bytes
constexpr std::size_t kLongestCommand = 2048;               // RFC 5321 4.5.3.1 wants 1000

bool is_command(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = text[i];
    if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) != word[i]) return false;
  }
  return text.size() == word.size() || text[word.size()] == ' ' || text[word.size()] == ':';
}

}  // namespace

Bytes MailSink::to_send() {
  if (greets_) out_.insert(0, "220 tlspolicy.invalid\r\n");
  greets_ = false;
  Bytes out(out_.begin(), out_.end());
  out_.clear();
  return out;
}

void MailSink::feed(View bytes) {
  heard_ += bytes.size();
  for (const std::uint8_t byte : bytes) {
    if (over_ || wants_tls_) return;
    if (byte != '\n') {
      seen_.push_back(static_cast<char>(byte));
      if (seen_.size() > kLongestCommand) break;
      continue;
    }
    if (seen_.ends_with('\r')) seen_.pop_back();
    const std::string text = std::move(seen_);
    seen_.clear();
    line(text);
  }
  if (heard_ > kMostHeard || seen_.size() > kLongestCommand) {
    last_ = "more than a message";
    over_ = true;
  }
}

// RFC 5321 4.1.1 and RFC 3207 4; what it does not know gets 502.
void MailSink::line(std::string_view text) {
  if (in_data_) {
    if (text != ".") return;
    in_data_ = false;
    taken_ = true;
    return say("250 thrown away\r\n");
  }
  last_ = quoted(text);
  if (is_command(text, "EHLO") || is_command(text, "LHLO"))
    return say(behind_tls_ ? "250 tlspolicy.invalid\r\n"
                           : "250-tlspolicy.invalid\r\n250 STARTTLS\r\n");
  if (is_command(text, "HELO")) return say("250 tlspolicy.invalid\r\n");
  if (is_command(text, "QUIT")) {
    over_ = true;
    return say("221 bye\r\n");
  }
  if (is_command(text, "RSET") || is_command(text, "NOOP")) return say("250 ok\r\n");
  if (!behind_tls_) {
    if (!is_command(text, "STARTTLS")) return say("450 STARTTLS first\r\n");  // 530 would bounce
    wants_tls_ = true;
    return say("220 go on\r\n");
  }
  if (is_command(text, "MAIL") || is_command(text, "RCPT")) return say("250 ok\r\n");
  if (is_command(text, "DATA")) {
    in_data_ = true;
    return say("354 go on\r\n");
  }
  say("502 not here\r\n");
}

}  // namespace tlspolicy::wire
