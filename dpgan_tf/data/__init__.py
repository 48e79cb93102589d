"""Records: their sources, their split and their sampling."""
