"""Stands in for the child that draws pictures: `tell` says what it sees of the environment, `eat` and `write` want
more than they may."""

import os
import sys
from pathlib import Path

from portal.gateways.image_worker import limit

if __name__ == "__main__":
    limit()
    if sys.argv[1] == "tell":
        sys.stdout.write(str(dict(os.environ)))
    elif sys.argv[1] == "eat":
        sys.stdout.write(str(len(bytearray(2 * 1024**3))))
    elif sys.argv[1] == "write":
        Path(sys.stdin.read()).write_text("more than nothing")
        sys.stdout.write("written")
