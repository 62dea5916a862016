// SPDX-License-Identifier: Apache-2.0
// A TLS server by OpenSSL 1.0.1e, as it lies in old builds of Node: their program exports the whole
// library, so this, loaded as an addon, serves with it and never comes back.  Node's own server ends
// without an alert; this one says what the library says.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct context Context;
typedef struct method Method;
typedef struct session Session;
int SSL_library_init(void);
const Method* SSLv23_server_method(void);
Context* SSL_CTX_new(const Method*);
int SSL_CTX_use_certificate_file(Context*, const char*, int);
int SSL_CTX_use_PrivateKey_file(Context*, const char*, int);
int SSL_CTX_set_cipher_list(Context*, const char*);
Session* SSL_new(Context*);
int SSL_set_fd(Session*, int);
int SSL_accept(Session*);
int SSL_read(Session*, void*, int);
int SSL_get_error(const Session*, int);

enum { kPem = 1, kWantRead = 2 };

static void serve(Context* context, int fd) {
  Session* session = SSL_new(context);
  char ignored[4096];
  int done = 0;
  SSL_set_fd(session, fd);
  // A heartbeat during the handshake makes it come back with nothing to do.
  do done = SSL_accept(session);
  while (done != 1 && SSL_get_error(session, done) == kWantRead);
  while (done > 0) done = SSL_read(session, ignored, sizeof ignored);
  _exit(0);
}

static void __attribute__((constructor)) listen_for_ever(void) {
  const int on = 1;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const struct sockaddr_in at = {.sin_family = AF_INET,
                                 .sin_port = htons((unsigned short)atoi(getenv("PORT"))),
                                 .sin_addr = {htonl(INADDR_LOOPBACK)}};
  Context* context = NULL;
  signal(SIGCHLD, SIG_IGN);
  SSL_library_init();
  context = SSL_CTX_new(SSLv23_server_method());
  if (SSL_CTX_use_certificate_file(context, getenv("CERTIFICATE"), kPem) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, getenv("KEY"), kPem) != 1 ||
      SSL_CTX_set_cipher_list(context, "ALL:eNULL") != 1)
    exit(3);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (const struct sockaddr*)&at, sizeof at) != 0 || listen(listener, 64) != 0)
    exit(4);
  for (;;) {
    const int fd = accept(listener, NULL, NULL);
    if (fd >= 0 && fork() == 0) serve(context, fd);
    close(fd);
  }
}
