"""Files of an SFTP server, by paramiko. The server must be known by its key; nothing is written, moved or deleted there."""

from __future__ import annotations

import io
import posixpath
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import IO, Any, cast
from urllib.parse import unquote, urlsplit

import paramiko

from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.logs import logger
from duizhang.pull.connections import Connection
from duizhang.pull.source import Item, is_arrival

CONNECT_SECONDS = 20
SILENCE_SECONDS = 120  # a transfer that brings nothing for so long is dead
_KEYS: tuple[type[paramiko.PKey], ...] = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)

log = logger("pull")


class Sftp:
    """A folder of an SFTP server, walked recursively; links are not followed."""

    def __init__(self, client: paramiko.SFTPClient, root: str) -> None:
        self.client = client
        self.root = root

    def items(self) -> Iterator[Item]:
        yield from self._walk("")

    def _walk(self, folder: str) -> Iterator[Item]:
        for entry in sorted(self.client.listdir_attr(posixpath.join(self.root, folder)), key=lambda entry: entry.filename):
            name = posixpath.join(folder, entry.filename)
            mode = entry.st_mode or 0
            if stat.S_ISDIR(mode):
                yield from self._walk(name)
            elif stat.S_ISREG(mode) and is_arrival(name):
                mtime = float(entry.st_mtime or 0)
                yield Item(name, posixpath.join(self.root, name), (entry.st_size, entry.st_mtime), mtime)

    def open(self, item: Item) -> IO[bytes]:
        file = self.client.open(item.location, "rb")
        file.prefetch(item.state[0])
        return cast(IO[bytes], file)

    def changed(self, item: Item) -> bool:
        now = self.client.stat(item.location)
        return (now.st_size, now.st_mtime) != item.state


@contextmanager
def sftp(name: str, url: str, connection: Connection) -> Iterator[Sftp]:
    """The folder behind `url` on the server of `connection` (host, port and login may stand in either).

    Extras of the connection: host_key (as in known_hosts, without the host) or known_hosts (a file); private_key or
    key_file, with private_key_passphrase. Raises InfraProblem where the server cannot be reached, ContractProblem where
    it is another than the known one or refuses the login. No server's or library's text passes.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or connection.host, parts.port or connection.port or 22
    key = _private_key(connection)
    with closing(paramiko.SSHClient()) as client:
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        _trust(client, connection, host, port)
        try:
            client.connect(
                host, port=port, username=connection.login, password=connection.password or None, pkey=key, timeout=CONNECT_SECONDS,
                banner_timeout=CONNECT_SECONDS, auth_timeout=CONNECT_SECONDS, look_for_keys=False, allow_agent=False,
            )  # fmt: skip
            channel = client.open_sftp()
        except paramiko.AuthenticationException:
            raise ContractProblem(f"Source {name}: the server refuses the login of connection {connection.conn_id}.") from None
        except paramiko.BadHostKeyException:
            raise ContractProblem(f"Source {name}: the server shows another key than the known one.") from None
        except paramiko.SSHException as problem:
            if "not found in known_hosts" in str(problem):
                raise ContractProblem(
                    f"Source {name}: the server's key is not known.", action="Put it into host_key of the connection's extra."
                ) from None
            raise InfraProblem(f"Source {name} cannot be reached ({type(problem).__name__}).") from None
        except (OSError, EOFError) as problem:
            raise InfraProblem(f"Source {name} cannot be reached ({type(problem).__name__}).") from None
        found = channel.get_channel()
        if found is not None:
            found.settimeout(SILENCE_SECONDS)
        try:
            yield Sftp(channel, unquote(parts.path) or ".")
        except paramiko.SSHException as problem:
            raise InfraProblem(f"Source {name} was lost ({type(problem).__name__}).") from None


def _trust(client: paramiko.SSHClient, connection: Connection, host: str, port: int) -> None:
    known = connection.extra.get("host_key")
    if connection.extra.get("known_hosts"):
        client.load_host_keys(str(connection.extra["known_hosts"]))
    elif known:
        parts = str(known).split()
        try:
            entry = paramiko.hostkeys.HostKeyEntry.from_line(f"host {' '.join(parts[:2])}")
        except paramiko.hostkeys.InvalidHostKey:
            entry = None
        if entry is None or entry.key is None:
            raise ContractProblem(f"Connection {connection.conn_id}: host_key is no key as in known_hosts.")
        client.get_host_keys().add(host if port == 22 else f"[{host}]:{port}", entry.key.get_name(), entry.key)
    else:
        client.load_system_host_keys()


def _private_key(connection: Connection) -> Any:
    text, path = connection.extra.get("private_key"), connection.extra.get("key_file")
    if not text and not path:
        return None
    phrase = connection.extra.get("private_key_passphrase") or None
    for kind in _KEYS:
        try:
            return kind.from_private_key(io.StringIO(str(text)), phrase) if text else kind.from_private_key_file(str(path), phrase)
        except (paramiko.SSHException, ValueError):
            continue
        except OSError:
            break
    raise ContractProblem(f"Connection {connection.conn_id}: its private key cannot be read.")
