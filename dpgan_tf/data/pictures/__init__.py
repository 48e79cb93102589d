"""Pictures of the user: found, decoded, stored, read."""
