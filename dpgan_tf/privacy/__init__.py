"""The auditable core: everything between a private record and an update."""
