"""A process that has everything imported carries a command out again and again, each time in a child of its own."""

import os
import signal
import sys
import time


def told(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
    return 0


def answer(command):
    """Answer each line: "whole" with the command carried out, a number with one killed after so many seconds."""
    told("ready")
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if not child:
            try:
                done = command()
                os._exit(done if isinstance(done, int) else 0)
            finally:
                os._exit(1)
        if line.strip() != "whole":
            time.sleep(float(line))
            os.kill(child, signal.SIGKILL)
        told(f"status {os.waitpid(child, 0)[1]}")
