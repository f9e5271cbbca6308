"""What an agent's turn costs, and how fast the pages about it are: see docs/benchmarks.md."""
