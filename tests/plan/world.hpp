// SPDX-License-Identifier: Apache-2.0
// A small host for planner tests: manifests and policies as shipped, files given as text.
#pragma once

#include <map>
#include <string>

#include "plan/plan.hpp"

namespace tlspolicy::plan::test {

using Files = std::map<std::string, std::string>;

World world();  // data/policies and data/services as shipped

// Apache on Debian with these files beside an apache2.conf that includes mods-enabled,
// conf-enabled and sites-enabled, as the package has it.  OpenSSL 3.0.
service::Instance httpd(const Files&);
// sshd 9.2 with this sshd_config and further files.
service::Instance sshd(const Files&);
// Dovecot with a dovecot.conf that includes conf.d and local.conf; imap, pop3 and lmtp are on, imap
// on 143 and 993, pop3 on 995, lmtp on 24.  OpenSSL 3.0.
service::Instance dovecot(const Files&, const std::string& version);

// Postfix with this main.cf and master.cf in /etc/postfix; OpenSSL 3.0, or 3.5 from 3.10 on.
service::Instance postfix(const Files&, const std::string& version = "3.7.11");

// Exim with these files, in Debian's layout of that name; GnuTLS 3.7.9, or without: OpenSSL 3.0.
service::Instance exim(const Files&, const std::string& layout = "debian", bool gnutls = true);

ServicePlan plan_one(const service::Instance&, const std::string& policy);
// The instance as it is after the plan was carried out.
service::Instance carried_out(service::Instance, const ServicePlan&);
const std::string* content(const ServicePlan&, const std::string& path);  // new; nullptr: unchanged
std::string source(const std::string& path);  // a file of the source tree

}  // namespace tlspolicy::plan::test
