// Vault's own core, HTTP API and transit engine, in memory and unsealed: what `vault server -dev` is,
// without the command line and the engines for other services, whose libraries take most of the time
// that building all of it takes.
//
//	vault-transit version
//	VAULT_TOKEN=the root token vault-transit ADDRESS [CERTIFICATE KEY]
//
// ADDRESS may have port 0. Prints its URL once it answers, and serves until it is ended.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"

	log "github.com/hashicorp/go-hclog"
	"github.com/hashicorp/vault/builtin/logical/transit"
	"github.com/hashicorp/vault/helper/namespace"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/inmem"
	"github.com/hashicorp/vault/vault"
	"github.com/hashicorp/vault/version"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		fmt.Println("Vault " + version.GetVersion().VersionNumber())
		return
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	token := os.Getenv("VAULT_TOKEN")
	if token == "" || len(arguments) != 1 && len(arguments) != 3 {
		return errors.New("usage: VAULT_TOKEN=... vault-transit ADDRESS [CERTIFICATE KEY]")
	}
	core, err := start(token)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", arguments[0])
	if err != nil {
		return err
	}
	handler := vaulthttp.Handler.Handler(&vault.HandlerProperties{
		Core:           core,
		ListenerConfig: &configutil.Listener{Address: arguments[0]},
	})
	if len(arguments) == 3 {
		fmt.Println("https://" + listener.Addr().String())
		return http.ServeTLS(listener, handler, arguments[1], arguments[2])
	}
	fmt.Println("http://" + listener.Addr().String())
	return http.Serve(listener, handler)
}

// A core that is initialised and unsealed, with this root token.
func start(token string) (*vault.Core, error) {
	logger := log.New(&log.LoggerOptions{Output: os.Stderr, Level: log.Warn})
	storage, err := inmem.NewInmem(nil, logger)
	if err != nil {
		return nil, err
	}
	core, err := vault.NewCore(&vault.CoreConfig{
		Physical:        storage,
		Logger:          logger,
		DisableMlock:    true,
		BuiltinRegistry: builtin{},
		LogicalBackends: map[string]logical.Factory{"transit": transit.Factory},
	})
	if err != nil {
		return nil, err
	}
	ctx := namespace.ContextWithNamespace(context.Background(), namespace.RootNamespace)
	keys, err := core.Initialize(ctx, &vault.InitParams{
		BarrierConfig: &vault.SealConfig{SecretShares: 1, SecretThreshold: 1},
	})
	if err != nil {
		return nil, err
	}
	if _, err := core.Unseal(keys.SecretShares[0]); err != nil {
		return nil, err
	}
	answer, err := core.HandleRequest(ctx, &logical.Request{
		Operation:   logical.UpdateOperation,
		ClientToken: keys.RootToken,
		Path:        "auth/token/create",
		Data: map[string]interface{}{
			"id": token, "policies": []string{"root"}, "no_parent": true, "no_default_policy": true,
		},
	})
	if err == nil && answer.IsError() {
		err = answer.Error()
	}
	return core, err
}

// What the core asks before it mounts an engine: transit is built in.
type builtin struct{}

func (builtin) Contains(name string, kind consts.PluginType) bool {
	return name == "transit" && (kind == consts.PluginTypeSecrets || kind == consts.PluginTypeUnknown)
}

func (b builtin) Get(name string, kind consts.PluginType) (func() (interface{}, error), bool) {
	if !b.Contains(name, kind) {
		return nil, false
	}
	return func() (interface{}, error) { return transit.Factory, nil }, true
}

func (builtin) Keys(kind consts.PluginType) []string {
	if kind == consts.PluginTypeSecrets {
		return []string{"transit"}
	}
	return nil
}

func (b builtin) DeprecationStatus(name string, kind consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, b.Contains(name, kind)
}

func (builtin) IsBuiltinEntPlugin(string, consts.PluginType) bool {
	return false
}
