"""The language in a notebook."""
