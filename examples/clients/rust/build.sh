cargo build --quiet
