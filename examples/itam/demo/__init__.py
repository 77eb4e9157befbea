"""The parts of the walk: sources and database make the demo, script reads the steps, runner checks them."""
