"""One module a file kind; each turns bytes into the same small Document."""
