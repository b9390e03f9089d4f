"""What each form of the command `seis` does."""
