"""Invoices: drawn by a library that takes its time, kept as files."""

from __future__ import annotations

import asyncio
import subprocess
import threading
import time
from pathlib import Path

ARCHIVE = Path("var/invoices")
PRINTER_LOCK = threading.Lock()


def render_invoice(order_id: int, lines: list[str]) -> bytes:
    """Draw an invoice; half a second of work."""
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        pass
    return "\n".join([f"Invoice {order_id}", *lines]).encode()


def append_total(document: bytes, cents: int) -> bytes:
    """Write the last line."""
    return document + f"\nTotal {cents / 100:.2f}".encode()


async def create_invoice(order_id: int, lines: list[str]) -> Path:
    """Draw the invoice of an order and keep it."""
    document = render_invoice(order_id, lines)
    target = ARCHIVE / f"{order_id}.txt"
    target.write_bytes(document)
    return target


async def send_with_retry(order_id: int, attempts: int = 3) -> bool:
    """Hand an invoice to the mailer, again when it is busy."""
    for attempt in range(attempts):
        if await asyncio.to_thread(mail, order_id):
            return True
        time.sleep(2**attempt)
    return False


async def print_invoice(order_id: int) -> None:
    """Print on the one printer that there is."""
    with PRINTER_LOCK:
        subprocess.run(["lp", str(ARCHIVE / f"{order_id}.txt")], check=True)


async def load_invoice(order_id: int) -> bytes:
    """The file of an invoice."""
    return await asyncio.to_thread((ARCHIVE / f"{order_id}.txt").read_bytes)


def mail(order_id: int) -> bool:
    """Whether the mailer took it."""
    done = subprocess.run(["sendmail", "-t"], input=str(order_id), text=True)
    return done.returncode == 0
