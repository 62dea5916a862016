// SPDX-License-Identifier: Apache-2.0
// A generation as records: the CBOR payload of each type, written and read back strictly.
#pragma once

#include <string>
#include <string_view>

#include "journal/journal.hpp"
#include "journal/record.hpp"

namespace tlspolicy::journal {

std::string write_intent(const Generation&);  // header, services, members, steps, targets
std::string write_mark(Type touch_or_back, const std::string& service);
std::string write_end(const std::string& outcome, std::uint32_t confirm_until);
std::string write_confirm(const std::string& how);

// `number` becomes the generation's; `file` is for messages.
Result<Generation> read_generation(std::string_view bytes, int number, std::string_view file);

}  // namespace tlspolicy::journal
