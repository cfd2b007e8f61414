// skopeo's copying and checking of sigstore signatures: the library that podman, CRI-O and skopeo are made of, by
// itself, since Debian's build of skopeo has these signatures disabled.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"

	"go.podman.io/image/v5/copy"
	"go.podman.io/image/v5/directory"
	"go.podman.io/image/v5/docker"
	"go.podman.io/image/v5/signature"
	"go.podman.io/image/v5/types"
)

func main() {
	policy := flag.String("policy", "", "the policy.json to go by")
	registries := flag.String("registries.d", "", "the folder that says where signatures are")
	key := flag.String("sign-by-sigstore-private-key", "", "an encrypted private key to sign with")
	password := flag.String("sign-passphrase-file", "", "its password")
	all := flag.Bool("all", false, "copy every image of an index")
	flag.Parse()
	if flag.Arg(0) == "version" {
		return
	}
	if flag.NArg() != 2 {
		fail(fmt.Errorf("wants FROM and TO, each docker://NAME or dir:FOLDER"))
	}
	if err := run(*policy, *registries, *key, *password, *all, flag.Arg(0), flag.Arg(1)); err != nil {
		fail(err)
	}
}

func run(policyFile, registries, key, passwordFile string, all bool, from, to string) error {
	policy, err := signature.NewPolicyFromFile(policyFile)
	if err != nil {
		return err
	}
	judge, err := signature.NewPolicyContext(policy)
	if err != nil {
		return err
	}
	defer judge.Destroy()
	source, err := reference(from)
	if err != nil {
		return err
	}
	target, err := reference(to)
	if err != nil {
		return err
	}
	system := types.SystemContext{
		RegistriesDirPath:           registries,
		SystemRegistriesConfPath:    os.DevNull,
		DockerInsecureSkipTLSVerify: types.OptionalBoolTrue,
	}
	options := copy.Options{
		SourceCtx:                    &system,
		DestinationCtx:               &system,
		PreserveDigests:              true,
		SignBySigstorePrivateKeyFile: key,
	}
	if all {
		options.ImageListSelection = copy.CopyAllImages
	}
	if passwordFile != "" {
		if options.SignSigstorePrivateKeyPassphrase, err = os.ReadFile(passwordFile); err != nil {
			return err
		}
	}
	_, err = copy.Image(context.Background(), judge, target, source, &options)
	return err
}

func reference(text string) (types.ImageReference, error) {
	if name, ok := strings.CutPrefix(text, "docker:"); ok {
		return docker.ParseReference(name)
	}
	if folder, ok := strings.CutPrefix(text, "dir:"); ok {
		return directory.NewReference(folder)
	}
	return nil, fmt.Errorf("neither docker: nor dir: %q", text)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
