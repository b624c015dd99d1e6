"""The way in: curated files become records, rules validate them, publishing stores them."""
