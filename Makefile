# Everything a person or a machine does with this repository. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help run test check bench package contract icons screenshots

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install what is missing, build, and open the window (without a display: serve the screens). ARGS="..." goes to the program
	@scripts/run.sh $(ARGS)

test: ## Run every check and every test, the real window's too
	@node scripts/test.mjs

check: ## Format, lints, types, contract drift, dependency rules, sizes; changes nothing
	@scripts/require.sh
	@scripts/install.sh build
	@scripts/screens.sh
	@node scripts/check.mjs

bench: ## Measure CPU per request beside nginx and HAProxy, and what the screens cost
	@scripts/require.sh
	@scripts/install.sh build test bench
	@scripts/bench.sh

package: ## Build the .deb and .rpm packages into target/release/bundle
	@scripts/require.sh
	@scripts/install.sh build package
	@scripts/package.sh

contract: ## Write the TypeScript of the contract anew
	@UPDATE_CONTRACT=1 cargo test --package changeover-contract --test typescript

screenshots: ## Take a picture of every screen, light and dark, empty and full, into target/screenshots
	@scripts/screenshots.sh

icons: ## Draw the PNG icons anew from their SVG sources
	@scripts/icons.sh
