"""Puts files into a model.tar.gz with its slipway.json. The same files give the same bytes."""
from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path

MANIFEST = "slipway.json"


def json_bytes(value: object, indent: int | None = None) -> bytes:
    separators = (",", ":") if indent is None else None
    return (json.dumps(value, ensure_ascii=False, indent=indent, separators=separators) + "\n").encode()


def pack(target: Path, *, runtime: str, model: str, version: str, files: dict[str, bytes], roles: dict[str, str], about: dict) -> str:
    """Writes the artifact to `target`; gives the archive's sha256."""
    missing = sorted(set(roles.values()) - set(files))
    if missing:
        raise ValueError(f"{model} {version}: roles name files that are not there: {missing}")
    manifest = {
        "manifestVersion": 1, "runtime": runtime, "model": model, "version": version,
        "files": {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in sorted(files.items())},
        "roles": dict(sorted(roles.items())), "about": about,
    }
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in sorted({**files, MANIFEST: json_bytes(manifest)}.items()):
            entry = tarfile.TarInfo(name)  # owner 0, time 0, mode 0644: nothing of the machine that packed it
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    packed = gzip.compress(archive.getvalue(), compresslevel=9, mtime=0)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(packed)
    return hashlib.sha256(packed).hexdigest()
