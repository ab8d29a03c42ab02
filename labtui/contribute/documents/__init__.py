"""Documents of knowledge: taken from this machine, converted, marked."""
