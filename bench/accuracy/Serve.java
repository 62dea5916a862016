// SPDX-License-Identifier: Apache-2.0
// A TLS server with every protocol and suite that the Java runtime has.
import java.io.FileInputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import javax.net.ssl.*;

class Serve {
  public static void main(String[] arguments) throws Exception {
    char[] password = "changeit".toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(new FileInputStream(arguments[0]), password);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(
        Integer.parseInt(arguments[1]), 512, InetAddress.getByName("127.0.0.1"));
    server.setEnabledProtocols(server.getSupportedProtocols());
    server.setEnabledCipherSuites(server.getSupportedCipherSuites());
    for (;;) {
      SSLSocket one = (SSLSocket) server.accept();
      new Thread(() -> {
        try (one) {
          one.setSoTimeout(5000);
          one.startHandshake();
        } catch (Exception expected) {
        }
      }).start();
    }
  }
}
