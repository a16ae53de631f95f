"""The HTTP interface."""

from __future__ import annotations

import logging

from fastapi import FastAPI, HTTPException

from orders import invoices

logger = logging.getLogger(__name__)
app = FastAPI(title="corner-shop")


@app.post("/orders/{order_id}/invoice")
async def post_invoice(order_id: int, lines: list[str]) -> dict[str, str]:
    """Make the invoice of an order."""
    try:
        path = await invoices.create_invoice(order_id, lines)
    except OSError as error:
        logger.error("invoice of order %s failed: %s", order_id, error)
        raise HTTPException(503, "the archive cannot be written") from error
    return {"path": path.name}


@app.post("/orders/{order_id}/mail")
async def post_mail(order_id: int) -> dict[str, bool]:
    """Mail the invoice of an order; a broken mailer is no reason to fail."""
    try:
        sent = await invoices.send_with_retry(order_id)
    except Exception as error:
        logger.error(f"mailing the invoice of order {order_id} failed: {error}")
        sent = False
    return {"sent": sent}
