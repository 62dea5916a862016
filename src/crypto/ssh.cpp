// SPDX-License-Identifier: Apache-2.0
// SSH algorithms that OpenSSH 7 to 10 and Dropbear know, by kind and name (RFC 4250 4.11, RFC 8268,
// RFC 8332, RFC 8709, RFC 8731, RFC 9142; the rest is name@domain of its vendor).
//
// `forward_secret_aead` says that gaining the algorithm is no step back (R11):
//   kex       forward secret, group of at least 2048 or 255 bits, no SHA-1
//   cipher    authenticated encryption
//   mac       encrypt-then-MAC with a tag of at least 128 bits and no SHA-1 or MD5
//   host key  no SHA-1 in the signature, no DSA
// Left out: what stands in the same lists without being an algorithm (ext-info-*, kex-strict-*,
// kexguess2@matt.ucc.asn.au), and GSSAPI's gss-*, whose names end in a mechanism's hash.
#include "crypto/terms.hpp"

namespace tlspolicy::crypto {
namespace {
using enum SshKind;
// kind, name, no step back, post-quantum; by kind, strongest first
constexpr SshInfo kSsh[] = {
    {kex, "mlkem768x25519-sha256", true, true},
    {kex, "mlkem768nistp256-sha256", true, true},
    {kex, "mlkem1024nistp384-sha384", true, true},
    {kex, "sntrup761x25519-sha512", true, true},
    {kex, "sntrup761x25519-sha512@openssh.com", true, true},
    {kex, "sntrup4591761x25519-sha512@tinyssh.org", true, true},
    {kex, "curve25519-sha256", true, false},
    {kex, "curve25519-sha256@libssh.org", true, false},
    {kex, "curve448-sha512", true, false},
    {kex, "ecdh-sha2-nistp256", true, false},
    {kex, "ecdh-sha2-nistp384", true, false},
    {kex, "ecdh-sha2-nistp521", true, false},
    {kex, "diffie-hellman-group18-sha512", true, false},
    {kex, "diffie-hellman-group17-sha512", true, false},
    {kex, "diffie-hellman-group16-sha512", true, false},
    {kex, "diffie-hellman-group15-sha512", true, false},
    {kex, "diffie-hellman-group14-sha256", true, false},
    {kex, "diffie-hellman-group-exchange-sha256", true, false},
    {kex, "diffie-hellman-group-exchange-sha1", false, false},
    {kex, "diffie-hellman-group14-sha1", false, false},
    {kex, "diffie-hellman-group1-sha1", false, false},
    {kex, "rsa2048-sha256", false, false},
    {kex, "rsa1024-sha1", false, false},

    {host_key, "ssh-ed25519", true, false},
    {host_key, "ssh-ed25519-cert-v01@openssh.com", true, false},
    {host_key, "sk-ssh-ed25519@openssh.com", true, false},
    {host_key, "sk-ssh-ed25519-cert-v01@openssh.com", true, false},
    {host_key, "ecdsa-sha2-nistp256", true, false},
    {host_key, "ecdsa-sha2-nistp256-cert-v01@openssh.com", true, false},
    {host_key, "ecdsa-sha2-nistp384", true, false},
    {host_key, "ecdsa-sha2-nistp384-cert-v01@openssh.com", true, false},
    {host_key, "ecdsa-sha2-nistp521", true, false},
    {host_key, "ecdsa-sha2-nistp521-cert-v01@openssh.com", true, false},
    {host_key, "sk-ecdsa-sha2-nistp256@openssh.com", true, false},
    {host_key, "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", true, false},
    {host_key, "webauthn-sk-ecdsa-sha2-nistp256@openssh.com", true, false},
    {host_key, "webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", true, false},
    {host_key, "rsa-sha2-512", true, false},
    {host_key, "rsa-sha2-512-cert-v01@openssh.com", true, false},
    {host_key, "rsa-sha2-256", true, false},
    {host_key, "rsa-sha2-256-cert-v01@openssh.com", true, false},
    {host_key, "ssh-ed448", true, false},
    {host_key, "ssh-rsa", false, false},
    {host_key, "ssh-rsa-cert-v01@openssh.com", false, false},
    {host_key, "ssh-rsa-cert-v00@openssh.com", false, false},
    {host_key, "ssh-dss", false, false},
    {host_key, "ssh-dss-cert-v01@openssh.com", false, false},
    {host_key, "ssh-dss-cert-v00@openssh.com", false, false},
    {host_key, "ssh-xmss@openssh.com", true, true},
    {host_key, "ssh-xmss-cert-v01@openssh.com", true, true},

    {cipher, "chacha20-poly1305@openssh.com", true, false},
    {cipher, "aes256-gcm@openssh.com", true, false},
    {cipher, "aes128-gcm@openssh.com", true, false},
    {cipher, "aes256-ctr", false, false},
    {cipher, "aes192-ctr", false, false},
    {cipher, "aes128-ctr", false, false},
    {cipher, "aes256-cbc", false, false},
    {cipher, "aes192-cbc", false, false},
    {cipher, "aes128-cbc", false, false},
    {cipher, "rijndael-cbc@lysator.liu.se", false, false},
    {cipher, "twofish256-ctr", false, false},
    {cipher, "twofish128-ctr", false, false},
    {cipher, "twofish256-cbc", false, false},
    {cipher, "twofish128-cbc", false, false},
    {cipher, "twofish-cbc", false, false},
    {cipher, "blowfish-cbc", false, false},
    {cipher, "cast128-cbc", false, false},
    {cipher, "3des-ctr", false, false},
    {cipher, "3des-cbc", false, false},
    {cipher, "arcfour256", false, false},
    {cipher, "arcfour128", false, false},
    {cipher, "arcfour", false, false},
    {cipher, "none", false, false},

    {mac, "hmac-sha2-512-etm@openssh.com", true, false},
    {mac, "hmac-sha2-256-etm@openssh.com", true, false},
    {mac, "umac-128-etm@openssh.com", true, false},
    {mac, "hmac-sha2-512", false, false},
    {mac, "hmac-sha2-256", false, false},
    {mac, "umac-128@openssh.com", false, false},
    {mac, "umac-64-etm@openssh.com", false, false},
    {mac, "umac-64@openssh.com", false, false},
    {mac, "hmac-sha1-etm@openssh.com", false, false},
    {mac, "hmac-sha1", false, false},
    {mac, "hmac-sha1-96-etm@openssh.com", false, false},
    {mac, "hmac-sha1-96", false, false},
    {mac, "hmac-ripemd160-etm@openssh.com", false, false},
    {mac, "hmac-ripemd160@openssh.com", false, false},
    {mac, "hmac-ripemd160", false, false},
    {mac, "hmac-md5-etm@openssh.com", false, false},
    {mac, "hmac-md5", false, false},
    {mac, "hmac-md5-96-etm@openssh.com", false, false},
    {mac, "hmac-md5-96", false, false},
    {mac, "none", false, false},
};
}  // namespace

std::span<const SshInfo> all_ssh() { return kSsh; }

const SshInfo* find_ssh(SshKind kind, std::string_view name) {
  for (const auto& info : kSsh)
    if (info.kind == kind && info.name == name) return &info;
  return nullptr;
}

}  // namespace tlspolicy::crypto
