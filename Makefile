# The one task file. Everything here is also a plain command in the README.
.PHONY: demo test race lint fuzz kill bench build image

demo:            ## run a demo school on 127.0.0.1:2222
	go run ./cmd/cohort serve --demo

test:            ## all tests that this machine can run
	go test ./...

race:            ## what the gate runs
	.ci/run

lint:
	gofmt -l . && go vet ./... && go tool staticcheck ./...

fuzz:            ## every fuzzer for a minute each
	@for p in $$(grep -rl --include=*_test.go '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z0-9]*' $$p/*_test.go | cut -c6-); do \
	    echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime 60s $$p || exit 1; done; done

kill:            ## 200 kills -9 under load; nothing answered may be gone
	COHORT_KILLS=200 go test -run '^TestKill$$' -v -timeout 60m ./e2e

bench:           ## see BENCHMARKS.md
	go test -run '^$$' -bench . -benchmem ./...

build:           ## one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o cohort ./cmd/cohort

image:
	docker build -t cohort .
