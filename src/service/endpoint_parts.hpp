// SPDX-License-Identifier: Apache-2.0
// The ways in which endpoints are found, one for each kind of [[endpoint]] row; see endpoints.hpp.
#pragma once

#include "service/endpoints.hpp"

namespace tlspolicy::service {

// Gives it an id and adds it, once.
void add_endpoint(const Manifest&, Endpoint, std::vector<Endpoint>&);

// From 1 to 65535; 0: the text is none, or nothing listens there.
int port_number(std::string_view text);
int port_of(const EndpointRow&, const std::string& text);  // or one of the row's names for ports

// endpoint_rows.cpp
void from_rows(const Manifest&, const EndpointRow&, const std::vector<config::Source>& settings,
               const std::multimap<std::string, std::string>& defaults,
               std::vector<std::string>& notes, std::vector<Endpoint>& out);

// endpoint_clients.cpp
void from_clients(const Manifest&, const EndpointRow&, const std::vector<config::Source>& settings,
                  const std::multimap<std::string, std::string>& defaults,
                  std::vector<std::string>& notes, std::vector<Endpoint>& out);

// endpoint_lists.cpp
void from_lists(const Manifest&, const EndpointRow&,
                const std::multimap<std::string, std::string>& dump,
                std::vector<std::string>& notes, std::vector<Endpoint>& out);

}  // namespace tlspolicy::service
