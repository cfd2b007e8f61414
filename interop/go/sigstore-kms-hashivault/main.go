// sigstore's own client of Vault as a plugin program: builds of cosign that come without it, as Debian's do,
// then reach Vault with the very code that other builds have inside.
package main

import (
	"fmt"
	"os"

	"github.com/sigstore/sigstore/pkg/signature/kms/cliplugin/handler"
	"github.com/sigstore/sigstore/pkg/signature/kms/hashivault"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		fmt.Println("plugin protocol v1")
		return
	}
	arguments, err := handler.GetPluginArgs(os.Args)
	if err != nil {
		fail(err)
	}
	// cosign hands over what follows the scheme; the client treats both of its schemes alike
	reference := hashivault.ReferenceScheme + arguments.InitOptions.KeyResourceID
	client, err := hashivault.LoadSignerVerifier(reference, arguments.InitOptions.HashFunc)
	if err != nil {
		fail(err)
	}
	if _, err := handler.Dispatch(os.Stdout, os.Stdin, arguments, client); err != nil {
		os.Exit(1)
	}
}

func fail(err error) {
	_ = handler.WriteErrorResponse(os.Stdout, err)
	os.Exit(1)
}
