"""One module a file format: each turns a file into an :class:`~indexer.types.Extracted`. `extract.py` picks the module by the file's bytes."""
