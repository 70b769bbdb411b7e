#!/usr/bin/env python3
"""Check traces against published checkpoints; shares no code with Pli, so that Pli need not be believed.

Operators and auditors, on the database of a gateway that stands still, or on a copy; patients, on two files of an
archive, or of the page « Historique d'activité »:

    verify_log.py --key KEY --database data/pli.sqlite checkpoints/*.txt
    verify_log.py --key KEY --journal journal.jsonl --proof preuve.json checkpoints/*.txt

KEY is what `pli log key` prints; checkpoints are those that somebody else kept. Without any, a proof's own is taken,
which shows less. Exit code 0: all is as it was published. 1: it is not; each finding is a line.
"""

import argparse
import base64
import hashlib
import json
import re
import sqlite3
import struct
import sys
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LATE = timedelta(hours=1)  # a line this much older than a checkpoint must be covered by it
NOTE = re.compile(r"(([^\n]+)\n(\d+)\n([A-Za-z0-9+/]{43}=)\ntime (\S+)\n)\n— (\S+) (\S+)\n")
findings = []


def found(text):
    """Tell of something that is not as it was published."""
    print(text)
    findings.append(text)


def leaf_hash(vault, seq, link):
    """Hash a leaf: a trace had so many lines, the last with this hash."""
    return hashlib.sha256(b"\x00pli-head-v1" + struct.pack(">QQ", vault, seq) + link).digest()


def node(left, right):
    """Hash two subtrees (RFC 9162)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def chained(previous, vault, seq, micros, record):
    """Hash a line of a trace."""
    return hashlib.sha256(previous + struct.pack(">QQq", vault, seq, micros) + record).digest()


def read_notes(texts, key):
    """Read checkpoints whose signature is right, in the order of their trees and sizes: (origin, size, root, time)."""
    name, _, written = key.split("+", 2)
    public, notes = base64.b64decode(written)[1:], set()
    for file, text in texts.items():
        if text.strip() and len(NOTE.findall(text)) != text.count("\n— "):
            found(f"{file}: something in it is no checkpoint")
        for said, origin, size, root, time, _, signature in NOTE.findall(text):
            octets = base64.b64decode(signature)
            named = hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
            try:
                if octets[:4] != named or origin.rsplit("/", 1)[0] != name.rsplit("/", 1)[0]:
                    raise InvalidSignature
                Ed25519PublicKey.from_public_bytes(public).verify(octets[4:], said.encode())
                notes.add((origin, int(size), base64.b64decode(root), datetime.fromisoformat(time)))
            except InvalidSignature:
                found(f"{file}: the checkpoint of {origin} at {size} is not signed by this key")
    return sorted(notes, key=lambda one: (int(one[0].rsplit("/", 1)[1]), one[1], one[3]))


class Tree:
    """A Merkle tree to which leaves are added one by one; gives its root at any time (RFC 9162 §2.1)."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def add(self, hashed):
        """Add a leaf."""
        size = self.size
        while size % 2:
            hashed, size = node(self.peaks.pop(), hashed), size // 2
        self.peaks.append(hashed)
        self.size += 1

    def root(self):
        """Give the root of a tree that has a leaf."""
        hashed = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            hashed = node(peak, hashed)
        return hashed


def check_trees(database, notes):
    """Compare every checkpoint with the leaves of its tree; give what they say: {vault: {seq: hash}}."""
    said = {}
    for number in sorted({int(origin.rsplit("/", 1)[1]) for origin, *_ in notes}):
        tree, of_tree = Tree(), {}
        for origin, size, root, _ in (one for one in notes if int(one[0].rsplit("/", 1)[1]) == number):
            if of_tree.setdefault(size, root) != root:
                found(f"{origin}: two checkpoints at {size} differ: the log was split")
        query = "SELECT leaf, subject, seq, hash FROM head_leaf WHERE tree = ? ORDER BY leaf"
        for leaf, vault, seq, link in database.execute(query, (number,)):
            if leaf != tree.size:
                found(f"tree {number}: leaf {tree.size} was taken out")
                break
            tree.add(leaf_hash(vault, seq, link))
            if tree.size <= max(of_tree):
                said.setdefault(vault, {})[seq] = link
            if tree.size in of_tree and of_tree.pop(tree.size) != tree.root():
                found(f"tree {number}: the first {tree.size} leaves are not those that were published")
            if not of_tree:
                break
        for size in sorted(of_tree):
            found(f"tree {number}: {size} leaves were published, {tree.size} are there: it was cut or put back")
    return said


def check_traces(database, said, last):
    """Recompute every trace, and compare it with what leaves say of it."""
    heads = {vault: (seq, link) for vault, seq, link in database.execute("SELECT vault, seq, hash FROM audit_head")}
    vaults = {row[0] for row in database.execute("SELECT DISTINCT vault FROM audit")}
    for vault in sorted(vaults | set(heads) | set(said)):
        leaves = dict(said.get(vault, {}))
        top, link, length, is_late = max(leaves, default=0), bytes(32), 0, False
        rows = database.execute("SELECT seq, at, record, hash FROM audit WHERE vault = ? ORDER BY seq", (vault,))
        for length, (seq, micros, record, hashed) in enumerate(rows, 1):
            link = chained(link, vault, length, micros, record)
            if seq != length or hashed != link:
                found(f"vault {vault:x}: line {length} was altered, moved or taken out")
                break
            if length in leaves and leaves.pop(length) != link:
                found(f"vault {vault:x}: line {length} is not the one that was published")
                break
            is_late |= length > top and micros < (last - LATE).timestamp() * 1_000_000
        else:
            if leaves:
                found(f"vault {vault:x}: {max(leaves)} lines were published, {length} are there: cut or put back")
            elif heads.get(vault) != (length, link):
                found(f"vault {vault:x}: its head is not where the trace ends")
            elif is_late:
                found(f"vault {vault:x}: lines after {top} should be in the log, and are not")


def check_proof(journal, proof, notes):
    """Follow a trace to its hash, the hash to its leaf, the leaf to a checkpoint that was published."""
    vault, seq, leaf, size = int(proof["vault"], 16), proof["seq"], proof["leaf"], proof["size"]
    link, length = bytes(32), 0
    for length, line in enumerate(map(json.loads, journal), 1):
        link = chained(link, vault, line["seq"], line["time_us"], base64.b64decode(line["record"]))
        if line["seq"] != length or line["hash"] != link.hex():
            return found(f"line {length} was altered, moved or taken out")
        if length == seq and line["hash"] != proof["hash"]:
            return found(f"line {length} is not the one that the proof is of")
    if length < seq:
        return found(f"the proof is of {seq} lines, and {length} are there: the end was cut off")
    hashed, at, end = leaf_hash(vault, seq, bytes.fromhex(proof["hash"])), leaf, size - 1
    for step in map(base64.b64decode, proof["path"]):
        if at % 2 or at == end:
            hashed = node(step, hashed)
            while at and at % 2 == 0:
                at, end = at >> 1, end >> 1
        else:
            hashed = node(hashed, step)
        at, end = at >> 1, end >> 1
    if end or not any(size == one[1] and hashed == one[2] for one in notes):
        return found("no checkpoint that was published has this trace: ask for another proof, or for the checkpoints")
    return print(f"{seq} of {length} lines are as they were published")


def main():
    """Read the arguments, check, say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--key", required=True)
    parser.add_argument("checkpoints", nargs="*")
    for name in ("--database", "--journal", "--proof"):
        parser.add_argument(name, type=Path)
    asked = parser.parse_args()
    notes = read_notes({file: Path(file).read_text(encoding="utf-8") for file in asked.checkpoints}, asked.key)
    if asked.database:
        database = sqlite3.connect(f"file:{asked.database}?mode=ro", uri=True)
        if not notes:
            sys.exit("there is no checkpoint to check against")
        check_traces(database, check_trees(database, notes), max(note[3] for note in notes))
        print(f"{len(notes)} checkpoints, the last of {notes[-1][1]} leaves at {notes[-1][3]}")
    elif asked.journal and (proof := json.loads(asked.proof.read_text(encoding="utf-8"))):
        notes = notes or read_notes({"the proof": proof["checkpoint"]}, asked.key)
        check_proof(asked.journal.read_text(encoding="utf-8").splitlines(), proof, notes)
    else:
        parser.error("name a database, or a journal and its proof")
    sys.exit(bool(findings))


if __name__ == "__main__":
    try:
        main()
    except (struct.error, sqlite3.Error, KeyError, TypeError, ValueError, OverflowError) as error:
        sys.exit(f"something was put there that Pli never writes, or an argument is wrong: {error}")
