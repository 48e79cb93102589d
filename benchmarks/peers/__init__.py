"""The same critic step in other libraries, each in a process of its own."""
