"""`python -m seisdsl` is the command `seis`."""

from seisdsl.cli import command

command()
