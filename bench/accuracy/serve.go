// SPDX-License-Identifier: Apache-2.0
// Go's TLS server with all that it has: every suite, from TLS 1.0 on.
// usage: serve PORT CERTIFICATE KEY [CERTIFICATE KEY]
package main

import (
	"crypto/tls"
	"log"
	"os"
)

func main() {
	config := &tls.Config{MinVersion: tls.VersionTLS10}
	for i := 2; i+1 < len(os.Args); i += 2 {
		pair, err := tls.LoadX509KeyPair(os.Args[i], os.Args[i+1])
		if err != nil {
			log.Fatal(err)
		}
		config.Certificates = append(config.Certificates, pair)
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		config.CipherSuites = append(config.CipherSuites, suite.ID)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:"+os.Args[1], config)
	if err != nil {
		log.Fatal(err)
	}
	for {
		link, err := listener.Accept()
		if err != nil {
			continue
		}
		go func() {
			link.(*tls.Conn).Handshake()
			link.Close()
		}()
	}
}
