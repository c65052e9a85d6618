"""What goes out: calendars, links, letters and the few pages of the server. Pure."""
