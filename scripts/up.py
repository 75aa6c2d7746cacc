"""`make up`: PostgreSQL and Airflow on localhost for one home, until `make down` or Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from airflow_local import USER, Local, environment, free_port, prepare, secret
from duizhang.core import postgres
from duizhang.core.settings import Settings


def up(settings: Settings) -> None:
    """Start everything and stay; SIGTERM and Ctrl-C stop what was started."""
    pid_file = settings.home / "up.pid"
    inbox = Path(os.environ.get("DUIZHANG_INBOX") or settings.home / "inbox").resolve()
    inbox.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.returns.mkdir(parents=True, exist_ok=True, mode=0o700)
    env = environment(settings, port=free_port(int(os.environ.get("PORT", "8080"))), inbox=inbox)
    prepare(settings, env)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    pid_file.write_text(str(os.getpid()), encoding="utf-8")
    try:
        with Local(env) as local:
            local.wait_healthy()
            secret(settings.secrets / "airflow-password")
            print(f"Airflow   {local.base}   user {USER}, password in {settings.secrets / 'airflow-password'}")
            print(f"Operator  {local.base}/duizhang/")
            print(f"Inbox     {inbox}   home {settings.home}   stop with Ctrl-C or make down", flush=True)
            while True:
                local.check_alive()
                time.sleep(2)
    except KeyboardInterrupt:
        print("stopping")
    finally:
        pid_file.unlink(missing_ok=True)
        postgres.stop(settings)


def down(settings: Settings) -> None:
    """Stop what `up` started in this home."""
    pid_file = settings.home / "up.pid"
    if pid_file.exists():
        pid = int(pid_file.read_text(encoding="utf-8"))
        if b"up.py" in Path(f"/proc/{pid}/cmdline").read_bytes() if Path(f"/proc/{pid}").exists() else False:
            os.kill(pid, signal.SIGTERM)
            until = time.monotonic() + 60
            while pid_file.exists() and time.monotonic() < until:
                time.sleep(0.2)
        pid_file.unlink(missing_ok=True)
    postgres.stop(settings)


if __name__ == "__main__":
    {"up": up, "down": down}[sys.argv[1] if len(sys.argv) > 1 else "up"](Settings.load())
