"""For assistants: tools, resources and prompts (MCP), each answered by operations of the API."""
