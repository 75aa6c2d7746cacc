"""Operations on a whole home: backup, restore, retention, and telling somebody when something is wrong."""

from duizhang.ops.backup import backup
from duizhang.ops.restore import restore
from duizhang.ops.retention import retention

__all__ = ["backup", "restore", "retention"]
