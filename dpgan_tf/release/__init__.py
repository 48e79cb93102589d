"""The release: generator, samples, their files and use."""
