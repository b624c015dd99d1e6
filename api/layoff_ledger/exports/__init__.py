"""Bulk exports: a whole revision as files of tables, each table as CSV, NDJSON and Parquet."""
