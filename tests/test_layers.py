"""Which package may know which."""

from __future__ import annotations

import subprocess
import sys


def test_cascade_and_experiments_import_without_qt_and_cascade_without_anything() -> None:
    """With Qt made unimportable, and for cascade every library beside the standard one."""
    code = (
        "import sys, pkgutil, importlib\n"
        "peers = 'hamilton_way', 'looptime_way', 'trio_way'\n"
        "def block(*names):\n"
        "    for name in names: sys.modules[name] = None\n"
        "def load(package):\n"
        "    for found in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        if not found.name.endswith(('__main__', 'mesa_model', *peers)):\n"
        "            importlib.import_module(found.name)\n"
        "block('PySide6', 'shiboken6', 'qasync', 'pyqtgraph', 'superqt', 'qtawesome', 'gui')\n"
        "before = set(sys.modules)\n"
        "import cascade\n"
        "load(cascade)\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before} - {'cascade'}\n"
        "assert new <= set(sys.stdlib_module_names), new\n"
        "import experiments\n"
        "load(experiments)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr


def test_importing_starts_nothing() -> None:
    """No thread, no QApplication, no asyncio loop, no use of the global random seed."""
    code = (
        "import random, threading\n"
        "state = random.getstate()\n"
        "import cascade, experiments, gui, gui.__main__\n"
        "import sys\n"
        "assert threading.active_count() == 1\n"
        "assert random.getstate() == state\n"
        "assert 'PySide6' not in sys.modules\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
