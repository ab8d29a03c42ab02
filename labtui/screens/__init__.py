"""One module a screen, named as the user names it; the application imports each when it is first opened."""
