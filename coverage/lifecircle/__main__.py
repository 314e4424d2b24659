"""``python -m lifecircle`` is the command line."""

from lifecircle.cli import main

if __name__ == "__main__":
    main()
