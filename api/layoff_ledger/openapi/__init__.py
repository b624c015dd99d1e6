"""The OpenAPI document: made from what the operations declare and from the public structs."""
