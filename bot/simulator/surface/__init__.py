"""The package's functions, grouped; each is as strict about its arguments as the package is."""
