"""Pages for people: an answer as HTML, made of the JSON that programs get; it asks nothing."""
