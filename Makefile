.PHONY: run test lint audit bench bench-browser setup

run:
	cargo run

# Everything: installs what is missing, then formatter, lints and all tests on both databases. What only the tests need
# is fetched while the lints run.
test:
	tests/setup build
	tests/setup & tests/lint; linted=$$?; wait $$! && exit $$linted
	tests/with-postgres cargo test --no-fail-fast

lint:
	tests/lint

# The dependencies: licenses, sources, duplicate versions, known weaknesses. Not part of test, because cargo-deny has
# to be built first, which takes minutes.
audit:
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny --locked check licenses sources bans
	@if cargo deny --locked fetch db; then \
	    cargo deny --locked --offline check advisories; \
	else \
	    echo 'NOT CHECKED: advisories, because https://github.com/rustsec/advisory-db cannot be reached from here' >&2; \
	fi

# On a PostgreSQL that is as durable as it comes.
bench: setup
	cargo bench --bench browser
	POSTGRES_OPTIONS=' ' tests/with-postgres cargo bench --bench pages

# What a person waits for in the browser.
bench-browser: setup
	cargo bench --bench browser

setup:
	tests/setup
