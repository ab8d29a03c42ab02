"""The frame around the screens, part by part; `labtui.app` puts it together."""
