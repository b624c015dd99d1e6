"""The formats of answers, one module each; everything else asks a `Format` for what it is."""
