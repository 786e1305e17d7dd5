"""Results that several requests wait for and that are made once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Hashable

T = TypeVar("T")


class TaskCache(Generic[T]):
    """Runs one task for all callers that ask for the same key; keeps the last results."""

    def __init__(self, limit: int) -> None:
        """Keep so many results."""
        self._limit = limit
        self._tasks: OrderedDict[Hashable, asyncio.Task[T]] = OrderedDict()

    def has(self, key: Hashable) -> bool:
        """Whether the result is there or being made."""
        task = self._tasks.get(key)
        return task is not None and not (task.done() and (task.cancelled() or task.exception()))

    async def get(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result for a key; a failed one is made again. A cancelled caller cancels no other."""
        task = self._tasks.get(key)
        if task is None or not self.has(key):
            task = self._tasks[key] = asyncio.create_task(make())
        self._tasks.move_to_end(key)
        if len(self._tasks) > self._limit:
            self._tasks.popitem(last=False)
        return await asyncio.shield(task)
