"""`python -m app` serves Steepest."""

from app.command import main

if __name__ == "__main__":
    main()
