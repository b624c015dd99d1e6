"""HTTP → parameters → answer: one module per resource, and no SQL in any of them."""
