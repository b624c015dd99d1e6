"""Pages for people: an answer as HTML, made from the JSON that programs get; it queries nothing."""
