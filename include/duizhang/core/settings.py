"""One settings object: where the project's folders, the home (lake) and the limits are."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from duizhang.core.errors import ContractProblem


def project_root() -> Path:
    """The project's folder (DUIZHANG_ROOT, else where this package stands)."""
    configured = os.environ.get("DUIZHANG_ROOT")
    root = Path(configured) if configured else Path(__file__).resolve().parents[3]
    if not (root / "expectations").is_dir():
        raise ContractProblem(
            f"No expectations/ below {root}.", action="Set DUIZHANG_ROOT to the folder that holds expectations/, sql/ and include/."
        )
    return root


@dataclass(frozen=True)
class Settings:
    """Paths and limits. `home` holds all personal data and is created with mode 0700."""

    home: Path
    root: Path = field(default_factory=project_root)
    threads: int = field(default_factory=lambda: int(os.environ.get("DUIZHANG_THREADS", str(os.cpu_count() or 2))))
    memory_limit: str = field(default_factory=lambda: os.environ.get("DUIZHANG_MEMORY_LIMIT", "4GB"))
    # processes that `duizhang run` divides files and counties among; threads and memory are divided among them
    workers: int = field(default_factory=lambda: int(os.environ.get("DUIZHANG_WORKERS", "1")))
    # it holds a password
    database_url: str | None = field(default_factory=lambda: os.environ.get("DUIZHANG_DATABASE_URL") or None, repr=False)

    @classmethod
    def load(cls, home: str | Path | None = None) -> Settings:
        """Settings for `home` (argument, else DUIZHANG_HOME, else ./.home), creating the folder if it is not there."""
        chosen = Path(home or os.environ.get("DUIZHANG_HOME") or ".home").resolve()
        settings = cls(home=chosen)
        chosen.mkdir(parents=True, exist_ok=True, mode=0o700)
        chosen.chmod(0o700)
        os.umask(0o077)
        return settings

    @property
    def contracts(self) -> Path:
        return Path(os.environ.get("DUIZHANG_CONTRACTS") or self.root / "include" / "contracts")

    @property
    def parameters(self) -> Path:
        return self.root / "include" / "parameters"

    @property
    def expectations(self) -> Path:
        return Path(os.environ.get("DUIZHANG_EXPECTATIONS") or self.root / "expectations")

    @property
    def sql(self) -> Path:
        return self.root / "sql"

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    @property
    def raw(self) -> Path:
        return self.home / "raw"

    @property
    def norm(self) -> Path:
        return self.home / "norm"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    @property
    def out(self) -> Path:
        return self.home / "out"

    @property
    def returns(self) -> Path:
        return self.home / "returns"

    @property
    def receipts(self) -> Path:
        return self.home / "receipts"

    def at(self, as_of: str) -> Path:
        """Root of the partitions of one as-of date (ISO text)."""
        return self.home / f"as_of={as_of}"

    def installation_key(self) -> bytes:
        """The secret behind item identities and row tokens; made once per home, or DUIZHANG_KEY (hex) where set."""
        configured = os.environ.get("DUIZHANG_KEY")
        if configured:
            return bytes.fromhex(configured)
        path = self.secrets / "installation.key"
        if not path.exists():
            self.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
            temp = path.with_suffix(f".{os.getpid()}")
            temp.write_text(os.urandom(32).hex())
            temp.chmod(0o600)
            try:
                os.link(temp, path)
            except FileExistsError:
                pass
            finally:
                temp.unlink()
        return bytes.fromhex(path.read_text().strip())
