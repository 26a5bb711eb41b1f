"""The root of a Merkle tree (RFC 6962, section 2.1), from leaves that come one by one."""

from hashlib import sha256


class MerkleTree:
    """Holds one hash a level, however many leaves there are."""

    def __init__(self) -> None:
        """No leaf yet."""
        self.leaves = 0
        self._full: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the next leaf. What is a leaf is never taken for a node, for each is marked."""
        node = sha256(b"\x00" + leaf).digest()
        twins = self.leaves
        while twins % 2:
            node = _node(self._full.pop(), node)
            twins //= 2
        self._full.append(node)
        self.leaves += 1

    def root(self) -> bytes:
        """The root over what was added; more may follow."""
        if not self._full:
            return sha256(b"").digest()
        node = self._full[-1]
        for left in reversed(self._full[:-1]):
            node = _node(left, node)
        return node


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
