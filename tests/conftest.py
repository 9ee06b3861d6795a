"""What every test shares: no test is judged by how long it took."""

from hypothesis import settings

settings.register_profile("steepest", deadline=None)
settings.load_profile("steepest")
