"""Makes .venv and installs the project into it, or finds in a moment that nothing is missing.

    python3 .ci/environment.py [EXTRA ...]

The stamp in .venv names the files that it was made from and every distribution that was there
afterwards. A changed pyproject.toml or constraints.txt, a moved checkout, another Python, or a
distribution that has gone since then all lead to a new install.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "plumbline-installed.json"
CONSTRAINTS = ROOT / "constraints.txt"
OLDEST = (3, 11)


def main(extras: list[str]) -> int:
    """Returns the exit code: 0 when everything asked for is installed."""
    if sys.version_info < OLDEST:
        print("Plumbline needs Python 3.11 or later: make PYTHON=python3.11 ...", file=sys.stderr)
        return 2
    key = _key()
    stamp = _read_stamp()
    if stamp.get("key") != key:
        stamp = {}
    elif set(extras) <= set(stamp["extras"]) and set(stamp["distributions"]) <= _distributions():
        return 0
    wanted = sorted(set(extras) | set(stamp.get("extras", [])))
    print(f"Installing Plumbline into .venv ({', '.join(wanted) or 'base'}) ...", file=sys.stderr)
    STAMP.unlink(missing_ok=True)
    # --clear after a change of Python or place: the old interpreter links would not work.
    clear = [] if stamp or not VENV.exists() or _same_python() else ["--clear"]
    if not (VENV / "bin" / "python").exists() or clear:
        _run([sys.executable, "-m", "venv", *clear, str(VENV)])
    target = f"{ROOT}[{','.join(wanted)}]" if wanted else str(ROOT)
    options = ["-qq", "--disable-pip-version-check", "--constraint", str(CONSTRAINTS)]
    _run([str(VENV / "bin" / "python"), "-m", "pip", "install", *options, "--editable", target])
    installed = {"key": key, "extras": wanted, "distributions": sorted(_distributions())}
    STAMP.write_text(json.dumps(installed, indent=1) + "\n")
    return 0


def _key() -> str:
    digest = hashlib.sha256(f"{ROOT}\0{sys.version}".encode())
    for path in (ROOT / "pyproject.toml", CONSTRAINTS):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read_stamp() -> dict[str, list[str]]:
    try:
        stamp: dict[str, list[str]] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def _distributions() -> set[str]:
    if not (VENV / "bin" / "rag").exists():
        return set()
    found = VENV.glob("lib/python*/site-packages/*.dist-info/RECORD")
    return {record.parent.name for record in found}


def _same_python() -> bool:
    version = ".".join(map(str, sys.version_info[:2]))
    try:
        home = (VENV / "bin" / "pip").read_text().splitlines()[0]
    except (OSError, IndexError, UnicodeDecodeError):
        return False
    return (VENV / "lib" / f"python{version}").is_dir() and str(VENV) in home


def _run(command: list[str]) -> None:
    # The build backend is installed apart from the rest; these pin it too. As links, since pip
    # splits the variables at spaces.
    pins = {name: CONSTRAINTS.as_uri() for name in ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT")}
    done = subprocess.run(command, env={**os.environ, **pins}, check=False)
    if done.returncode:
        print(f"This failed: {' '.join(command)}", file=sys.stderr)
        if "venv" in command:
            print("On Debian: apt-get install python3-venv", file=sys.stderr)
        raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
