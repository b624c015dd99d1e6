"""HTTP → parameters → answer: a module per resource, and no SQL in any of them."""
