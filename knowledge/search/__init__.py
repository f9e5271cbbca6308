"""From a question to passages: understand, expand, retrieve, fuse, rerank, compress, speak."""
