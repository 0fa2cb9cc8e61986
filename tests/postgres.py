"""A throwaway PostgreSQL cluster for tests and benchmarks: private folder, private port, gone at the end.

    python -m tests.postgres -- COMMAND …    runs COMMAND with FIRSTWIN_DATABASE_URL pointing at it

Exit code 3 when no server binaries are found (unless CI is set, then it is an error).
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

MISSING = 3


def binaries() -> Path | None:
    """The folder of PostgreSQL's server programs, newest version first."""
    found = shutil.which("initdb")
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    places += [Path(p) for p in ("/opt/homebrew/opt/postgresql@16/bin", "/usr/local/opt/postgresql@16/bin")]
    if found:
        places.append(Path(found).parent)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


@contextmanager
def cluster(*, is_durable: bool = False) -> Iterator[str]:
    """Start a cluster and give the address of its database. PostgreSQL refuses to run as root: then use its user."""
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("PostgreSQL's server programs")
    folder = Path(tempfile.mkdtemp(prefix="firstwin-pg-"))
    as_user = _unprivileged(folder)
    port = _free_port()
    fast = "" if is_durable else "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c shared_buffers=256MB {fast}"
    data = folder / "data"
    try:
        _run([*as_user, str(programs / "initdb"), "-D", str(data), "-U", "firstwin", "-A", "trust", "-E", "UTF8"])
        log = folder / "log"
        _run([*as_user, str(programs / "pg_ctl"), "-D", str(data), "-l", str(log), "-w", "-o", options, "start"])
        yield f"postgresql://firstwin@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"],
            cwd=folder,
            capture_output=True,
            check=False,
        )
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> Sequence[str]:
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            who = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, who.pw_uid, who.pw_gid)
        folder.chmod(0o755)
        return ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups"]
    raise RuntimeError("root cannot run PostgreSQL and there is no other user to run it as")


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    command = sys.argv[sys.argv.index("--") + 1 :]
    if binaries() is None:
        print("PostgreSQL's server programs were not found.", file=sys.stderr)
        return 1 if os.environ.get("CI") else MISSING
    with cluster() as url:
        return subprocess.run(command, env={**os.environ, "FIRSTWIN_DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
