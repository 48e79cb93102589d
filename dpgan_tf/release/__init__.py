"""What may be published: generator, samples, their files and use."""
