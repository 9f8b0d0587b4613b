"""`python -m gicrawl`: the console script without its script, as sqlite-utils and Datasette have it."""

from gicrawl.cli import cli

if __name__ == "__main__":
    cli(prog_name="gicrawl")
