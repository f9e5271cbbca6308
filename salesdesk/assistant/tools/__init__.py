"""The tools that agents have, and how they are run."""
