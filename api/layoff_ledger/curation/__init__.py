"""How facts get in: curated files become records, rules validate them, publishing stores them."""
