"""Everything that fetches, builds, installs and starts what this repository needs; see ../versions.toml."""
