"""What tests stand on: real databases of both kinds, and a clock that a test moves itself."""
