module peer

go 1.26.0

require github.com/hashicorp/vault v1.14.3

// prepare makes this folder
replace github.com/hashicorp/vault/sdk => ./sdk
