"""Steepest over HTTP and WebSocket: everything around the engine that is in `core`."""
