"""Models and who serves them: the store, the engines behind one interface, and the client everybody speaks through."""
