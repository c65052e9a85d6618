"""Weeks and the instants at which weekly things are due. Pure."""
