"""Real servers on localhost, each with its own folder, keys and port, started by a test and ended with it."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymysql
from duizhang.pull import Connection

PASSWORD = "Mistaken-Pa55word!"  # what must never be seen in a log or an error
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin:/usr/local/sbin"


def program(name: str) -> str | None:
    """Where a server's program is, the folders of the administrator included."""
    return shutil.which(name, path=_PATH)


def free_port() -> int:
    """A TCP port of localhost that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(answers: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 40) -> None:
    """Until `answers`; fails where the process ends before."""
    until = time.monotonic() + seconds
    while not answers():
        assert process.poll() is None, f"the server ended with {process.returncode}"
        assert time.monotonic() < until, "the server does not answer"
        time.sleep(0.05)


@contextmanager
def running(*command: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server process, ended by its id."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass(frozen=True)
class Sshd:
    """An OpenSSH server; `connection` enters it by key."""

    port: int
    host_key: str
    key_file: Path

    def connection(self, **extra: str) -> Connection:
        """How to enter it."""
        chosen = {"host_key": self.host_key, "key_file": str(self.key_file), **extra}
        chosen = {key: value for key, value in chosen.items() if value}
        return Connection("gateway", "sftp", "127.0.0.1", self.port, getpass.getuser(), "", "", chosen)


@contextmanager
def sshd(folder: Path) -> Iterator[Sshd]:
    """OpenSSH's server with SFTP, on a port of its own."""
    folder.mkdir()
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    port = free_port()
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile {folder}/pid\nAuthorizedKeysFile {folder}/user.pub\n"
        "UsePAM no\nStrictModes no\nPermitRootLogin yes\nPasswordAuthentication yes\nSubsystem sftp internal-sftp\nMaxStartups 50\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where sshd's children lock themselves in
    host_key = " ".join((folder / "host.pub").read_text().split()[:2])
    with running(str(program("sshd")), "-D", "-e", "-f", str(folder / "config"), log=folder / "log") as process:
        wait_for(lambda: _accepts(port), process)
        yield Sshd(port, host_key, folder / "user")


@contextmanager
def mariadb(folder: Path) -> Iterator[Connection]:
    """MariaDB with a database `office` and a user that may read and write it."""
    folder.mkdir()
    data, port, user = folder / "data", free_port(), getpass.getuser()
    subprocess.run(
        [str(program("mariadb-install-db")), "--no-defaults", f"--datadir={data}", f"--user={user}", "--skip-test-db",
         "--auth-root-authentication-method=normal"], check=True, capture_output=True,
    )  # fmt: skip
    socket_path = Path("/tmp") / f"dz-maria-{port}"  # a socket's path may have 107 bytes
    command = [
        str(program("mariadbd")), "--no-defaults", f"--datadir={data}", f"--user={user}", "--bind-address=127.0.0.1", f"--port={port}",
        f"--socket={socket_path}", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M", "--performance-schema=off",
    ]  # fmt: skip
    with running(*command, log=folder / "log") as process:
        wait_for(socket_path.exists, process)
        with pymysql.connect(unix_socket=str(socket_path), user="root") as link, link.cursor() as cursor:
            cursor.execute("CREATE DATABASE office CHARACTER SET utf8mb4")
            cursor.execute("CREATE USER office@'%' IDENTIFIED BY 'right-one'")
            cursor.execute("GRANT ALL ON office.* TO office@'%'")
        yield Connection("office_db", "mysql", "127.0.0.1", port, "office", "right-one", "office")


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
