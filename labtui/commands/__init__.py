"""One file a command or group of commands; each exposes `command`."""
