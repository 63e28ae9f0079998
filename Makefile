# Thin: every target calls cargo, npm or a script in scripts/.
.PHONY: run build test check demo bench audit setup clean

# The dev profile: media, crypto and the SFU are optimised in it, so a first start costs half of a release
# build, and the web app is read from web/dist, so a change of the page needs no new binary.
run:
	@scripts/run.sh serve

# One file, web app inside: target/release/onstage.
build:
	@scripts/build.sh

# Everything the gate runs.
test:
	@scripts/test.sh

# What a person runs before a commit: fmt, clippy, tidy, deny, typos; fast things first.
check:
	@scripts/setup.sh check
	@cargo xtask check

# A stage with bots on it.
demo:
	@scripts/run.sh demo

# Figures and ratios; judges nothing.
bench:
	@scripts/setup.sh run
	@cargo run --release -p onstage-sim --bin bench

# Advisories need a network, so they are not part of `test`.
audit:
	@scripts/setup.sh check
	@scripts/deny.sh advisories

setup:
	@scripts/setup.sh all

clean:
	cargo clean
	rm -rf web/dist web/node_modules e2e/node_modules
