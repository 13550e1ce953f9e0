"""Install what the tests in a real window need; where that can't be, say what will be skipped.

Called by `.ci/run`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gui.system import system_needs

PROGRAMS = (
    system_needs.Need("Xvfb", ("xvfb",)),
    system_needs.Need("openbox", ("openbox",)),
    system_needs.Need("xdotool", ("xdotool",)),
)


def main() -> int:
    """Provide it if that can be done; never fails, as these tests are skipped without it."""
    needs = [need for need in PROGRAMS if shutil.which(need.what) is None]
    needs += system_needs.missing_of([*system_needs.OFFSCREEN, *system_needs.X11])
    try:
        system_needs.provide(needs, "run this again")
    except system_needs.NotProvidedError as error:
        print(f"Tests in a real window will be skipped. {error}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
