.PHONY: run test lint bench bench-browser setup

run:
	cargo run

# Everything: installs what is missing, then formatter, lints and all tests on both databases.
test: setup lint
	tests/with-postgres cargo test --no-fail-fast

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

# On a PostgreSQL that is as durable as it comes.
bench: setup
	cargo bench --bench browser
	POSTGRES_OPTIONS=' ' tests/with-postgres cargo bench --bench pages

# What a person waits for in the browser.
bench-browser: setup
	cargo bench --bench browser

setup:
	tests/setup
