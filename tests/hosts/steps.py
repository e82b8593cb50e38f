"""What the hosts in Python have in common: a step is a line of output, `ok STEP` or `failed STEP: why`."""

import contextlib
import sys

# Seconds that an answer may take.
PATIENCE = 20


@contextlib.contextmanager
def step(name):
    """The first step that fails ends the program: what follows would fail for the same reason."""
    try:
        yield
    except Exception as e:  # whatever a library raises is why
        print(f"failed {name}: {type(e).__name__} {e!s:.200}".replace("\n", " "), flush=True)
        sys.exit(1)
    print(f"ok {name}", flush=True)


def same(found, wanted):
    if found != wanted:
        raise ValueError(f"{found!r} instead of {wanted!r}")
