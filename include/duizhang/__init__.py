"""duizhang (对账): reconciliation of China's rural anti-poverty registers."""

__version__ = "0.1.0"
