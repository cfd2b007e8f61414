# shellcheck shell=bash
# Where the peers are kept. Sourced by interop/setup and by every script that uses a peer.

# Prints the cache folder; it lies outside the checkout, so git never sees it.
interop_cache() {
  if [[ -n ${BULLA_INTEROP_CACHE:-} ]]; then
    printf '%s\n' "$BULLA_INTEROP_CACHE"
  elif [[ -n ${XDG_CACHE_HOME:-} ]]; then
    printf '%s\n' "$XDG_CACHE_HOME/bulla-interop"
  elif [[ -n ${HOME:-} ]]; then
    printf '%s\n' "$HOME/.cache/bulla-interop"
  else
    echo 'interop: set BULLA_INTEROP_CACHE, XDG_CACHE_HOME or HOME' >&2
    return 1
  fi
}

# Sets COSIGN2, COSIGN2_VERSION, ... and PEERS_SKIPPED as interop/setup left them. The variable of a
# peer that is not there is empty.
load_peers() {
  local cache
  cache=$(interop_cache) || return 1
  if [[ ! -r $cache/peers.env ]]; then
    echo 'interop: no peers yet: run interop/setup' >&2
    return 1
  fi
  # shellcheck disable=SC1091
  source "$cache/peers.env"
}
