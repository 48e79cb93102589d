"""The same critic step in other libraries, each in its own process."""
