module peer

go 1.26.0

require github.com/sigstore/timestamp-authority/v2 v2.1.3
