"""Queries over orders."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from orders.models import Order


class OrderRepository:
    """Reads orders through one session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def recent(self, limit: int = 50) -> Sequence[Order]:
        """The newest orders with everything that the list page shows."""
        query = (
            select(Order)
            .options(
                joinedload(Order.customer),
                joinedload(Order.items),  # shown as a count
                joinedload(Order.notes),
            )
            .order_by(Order.id.desc())
            .limit(limit)
        )
        return self.session.execute(query).unique().scalars().all()
