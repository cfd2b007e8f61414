module peer

go 1.25.7

// not newer: later releases want a version of mpb, for their progress bars, that the Go module proxy at hand refuses
require go.podman.io/image/v5 v5.41.2

replace github.com/vbauerster/mpb/v8 => github.com/vbauerster/mpb/v8 v8.9.3
