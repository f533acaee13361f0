"""Where a workspace may be written: not on a network share, a memory stick's file system or a folder that something syncs."""

from __future__ import annotations

import os
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
_SHARED = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "fuse.rclone", "davfs", "vfat", "exfat", "msdos")
_SYNCED = (
    "onedrive", "dropbox", "google drive", "googledrive", "icloud", "nutstore", "坚果云", "baidunetdisk", "百度网盘", "百度云",
    "syncthing", "nextcloud", "owncloud", "腾讯微云", "wps云盘",
)  # fmt: skip


def unsafe(folder: Path) -> str:
    """What makes the folder a bad place to write in (a file system, a syncing folder); empty when nothing does."""
    resolved = folder.resolve()
    synced = next((part for part in resolved.parts if part.lower().startswith(_SYNCED)), "")
    if synced:
        return synced
    kind = file_system(resolved)
    return kind if kind.startswith(_SHARED) else ""


def file_system(folder: Path) -> str:
    """Kind of file system that holds *folder*, e.g. ``ext4``; empty where the system does not tell."""
    try:
        lines = MOUNTS.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for line in lines:
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        point = fields[4].replace("\\040", " ").rstrip("/")
        inside = str(folder) == point or str(folder).startswith(point + "/")
        if inside and len(point) >= len(best):
            best, kind = point, after.split(" ")[0]
    return kind


def writable(folder: Path, file: Path) -> bool:
    """Whether the folder and the file can be written to."""
    if hasattr(os, "statvfs") and os.statvfs(folder).f_flag & os.ST_RDONLY:
        return False
    return os.access(folder, os.W_OK) and os.access(file, os.W_OK)
