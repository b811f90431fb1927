// Fileserver is Go's http.FileServer on net/http with nothing added, for
// exam/subjects to start.
package main

import (
	"flag"
	"log"
	"net/http"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	secure := flag.String("secure", "127.0.0.1:0", "address to listen on with TLS")
	cert := flag.String("cert", "", "`file` with the certificate")
	key := flag.String("key", "", "`file` with its key")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("one folder belongs behind the flags")
	}
	files := http.FileServer(http.Dir(flag.Arg(0)))
	go func() { log.Fatal(http.ListenAndServeTLS(*secure, *cert, *key, files)) }()
	log.Fatal(http.ListenAndServe(*listen, files))
}
