"""The way in: curated files become records, rules judge them, publishing stores them."""
