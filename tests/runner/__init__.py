"""The test runner: one module a kind of test."""
