// timestamp-server without its metrics: those are on port 2112 whatever the line says, and it ends where somebody has
// that port, so that there could be one on a machine. Everything else is its own, with its own defaults: a key in
// memory, and no question to NTP servers.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	// registers the defaults of all flags
	_ "github.com/sigstore/timestamp-authority/v2/cmd/timestamp-server/app"
	"github.com/sigstore/timestamp-authority/v2/pkg/server"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		fmt.Println("timestamp-server without metrics")
		return
	}
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	host := flags.String("host", "127.0.0.1", "what to listen on")
	port := flags.Int("port", 0, "what to listen on")
	if len(os.Args) < 2 || os.Args[1] != "serve" || flags.Parse(os.Args[2:]) != nil {
		fmt.Fprintln(os.Stderr, "usage: timestamp-server version | serve --host HOST --port PORT")
		os.Exit(2)
	}
	patience := 30 * time.Second
	if err := server.NewRestAPIServer(*host, *port, []string{"http"}, false, patience, patience).Serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
