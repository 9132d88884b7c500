"""Five questions to a lake, each answered with Polars and with DuckDB. See README.md."""
