"""Steepest over HTTP and WebSocket: everything around the engine that is in `core`."""

VERSION = "0.1.0"
