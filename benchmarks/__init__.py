"""Measurements beside other libraries; not part of Steepest or its tests."""
