"""The benchmark: one module a concept. ../README.md explains what is measured and how."""
