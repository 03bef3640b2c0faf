# SPDX-License-Identifier: MIT
"""kit_written - what earlier runs did, from a file that an image brings along and somebody may have changed.

It is obeyed as root, so it may name only what the kit writes, and say of it only what the kit says.
"""

import json
import os
import pathlib

import kit_browsers

POLICY = "/etc/ukeybridge/policy.json"
WRITTEN = "/var/lib/ukeybridge-policy/written.json"
MEMBERS = ("files", "folders", "manifests")

FILES = frozenset([POLICY, *(browser.linux for browser in kit_browsers.BROWSERS)])
FOLDERS = frozenset(str(folder) for path in FILES for folder in pathlib.PurePosixPath(path).parents) - {"/"}
MANIFESTS = frozenset(path for browser in kit_browsers.BROWSERS for path in kit_browsers.manifests(browser))


class Refused(Exception):
    """Nothing was changed, and why."""


def below(root, path):
    """A path of the file system that begins at root; what a link leads out of it belongs to another computer."""
    there = root / path.lstrip("/")
    top = os.path.realpath(root)
    for real in (os.path.realpath(there.parent), os.path.realpath(there)):
        if os.path.commonpath([top, real]) != top:
            raise Refused(f"{path} leads out of {root}, to {real}")
    return there


def load(file, path):
    """The JSON object of a file that somebody may have changed; it is called by its path inside of the root."""
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused(f"{path} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Refused(f"{path} is not a JSON object")
    return value


def _are_strings(*values):
    """Half a character, which JSON can name, cannot be written again."""
    return all(isinstance(value, str) and value == value.encode(errors="ignore").decode() for value in values)


def _is_known(manifest):
    return isinstance(manifest, dict) and _are_strings(manifest.get("was"), manifest.get("digest"))


def _check(known):
    """Yield what is wrong with it."""
    files, folders, manifests = (known.get(name) for name in MEMBERS)
    if not isinstance(files, dict) or not isinstance(folders, list) or not isinstance(manifests, dict):
        yield f"lacks what it should have: {', '.join(MEMBERS)}"
        return
    if not _are_strings(*files.values(), *folders) or not all(map(_is_known, manifests.values())):
        yield "has members that are not as this program writes them"
        return
    for paths, ours in ((files, FILES), (folders, FOLDERS), (manifests, MANIFESTS)):
        for path in paths:
            if path not in ours:
                yield f"is not as this program writes it: it names {path}"


def read(file):
    """The checked (files, folders, manifests) of it."""
    known = load(file, WRITTEN)
    for fault in _check(known):
        raise Refused(f"{WRITTEN} {fault}")
    return tuple(known[name] for name in MEMBERS)
