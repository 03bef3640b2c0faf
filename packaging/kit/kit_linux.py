# SPDX-License-Identifier: MIT
"""kit_linux - the files of this computer: what is to be there, is there of other origin, and was written by us."""

import hashlib
import json
import os
import pathlib

import kit_browsers
import kit_written
from kit_written import POLICY, WRITTEN, Refused

POLICY_MAX_LEN = 256 * 1024  # host/core/limits.h
NEW = ".new"  # ends the name of a file that is being written


def files(settings):
    """{path: text} of all that the settings ask for."""
    told = {}
    policy = kit_browsers.host_policy(settings)
    if policy is not None:
        told[POLICY] = policy
    for browser, policies in kit_browsers.wanted(settings):
        told[browser.linux] = policies if browser.shared else {"policies": policies}
    texts = {path: json.dumps(value, indent=2) + "\n" for path, value in told.items()}
    if len(texts.get(POLICY, "")) > POLICY_MAX_LEN:
        raise Refused(f"{POLICY} would be longer than the {POLICY_MAX_LEN} bytes that the host reads")
    return texts


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _make_folder(folder):
    """Make a folder and those above it, readable for all whatever the umask; return the new ones, deepest first."""
    made = []
    missing = [folder, *folder.parents]
    for each in reversed([each for each in missing if not each.exists()]):
        each.mkdir()
        each.chmod(0o755)
        made.insert(0, each)
    return made


def _write(path, text):
    """Put a file there in one step: a browser may be reading. What is left of a run that was cut off goes first."""
    new = path.with_name(path.name + NEW)
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o644)
        file.write(text)
    os.replace(new, path)


class Computer:
    """A file system, from its root, and what earlier runs did there.

    written: {path: digest}; folders: [path], made for those; manifests: {path: {was: text, digest}}, of the package.
    """

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.written, self.folders, self.manifests = {}, [], {}
        if not self.root.is_dir():
            raise Refused(f"{root} is no folder")
        if self.at(WRITTEN).is_file():
            self.written, self.folders, self.manifests = kit_written.read(self.at(WRITTEN))
        for path in (*self.written, *self.folders, *self.manifests):
            self.at(path)

    def at(self, path):
        return kit_written.below(self.root, path)

    def _load_manifest(self, path, member):
        manifest = kit_written.load(self.at(path), path)
        if not isinstance(manifest.get(member), list):
            raise Refused(f"{path} lacks what it should have: {member}")
        return manifest

    def is_ours(self, path):
        return self.written.get(path) == _digest(self.at(path))

    def _manifests(self, browser):
        """The package's manifests for a browser, which are there."""
        return [path for path in kit_browsers.manifests(browser) if self.at(path).is_file()]

    def _faults(self, settings, wanted):
        """Why the settings cannot be applied."""
        for browser, member, value in kit_browsers.admitted(settings):
            if not self._manifests(browser):
                yield f"{browser.title} has no manifest that could name {value}: install the package ukeybridge"
            for path in self._manifests(browser):
                self._load_manifest(path, member)
        for path, text in wanted.items():
            there = self.at(path)
            if there.exists() and not self.is_ours(path) and there.read_bytes() != text.encode():
                yield f"{path} is there and was not written by this program, or was changed since"
        for browser in kit_browsers.BROWSERS:
            if browser.shared and browser.linux in wanted:
                yield from self._rivals(browser.linux, json.loads(wanted[browser.linux]))

    def _rivals(self, path, policies):
        """A browser obeys one file for each policy; which, follows from the files' names, of which any ending will do."""
        own = self.at(path)
        others = own.parent.iterdir() if own.parent.is_dir() else ()
        for other in sorted(other for other in others if other.name not in (own.name, own.name + NEW)):
            name = f"/{other.relative_to(self.root)}"
            if other.is_dir() or not self.at(name).exists():
                continue
            try:
                same = sorted(policies.keys() & kit_written.load(other, name).keys())
            except Refused as why:
                yield f"{why}; browsers read more than that, such as a comma too many, so it may set the same policies"
                continue
            if same:
                yield f"{name} sets {', '.join(same)}, too: the browser would obey one of both"

    def apply(self, settings):
        """Make the files as the settings ask, all or none; return the paths that were written and those removed."""
        wanted = files(settings)
        faults = list(self._faults(settings, wanted))
        if faults:
            hint = "Nothing was changed. Move it away, or leave a browser out by `browser = …`; --out shows what is wanted."
            raise Refused("\n".join([*faults, hint]))
        gone = self._remove([path for path in self.written if path not in wanted])
        for path, text in wanted.items():
            new = _make_folder(self.at(path).parent)
            self.folders = [f"/{folder.relative_to(self.root)}" for folder in new] + self.folders
            _write(self.at(path), text)
            self.written[path] = _digest(self.at(path))
        self._restore_manifests()
        admitted = [path for each in kit_browsers.admitted(settings) for path in self._admit(*each)]
        self._remember()
        return [*wanted, *admitted], gone

    def _admit(self, browser, member, value):
        """Have the package's manifests name one extension more."""
        for path in self._manifests(browser):
            was = self.at(path).read_text(encoding="utf-8")
            manifest = self._load_manifest(path, member)
            if value in manifest[member]:
                continue
            manifest[member].append(value)
            _write(self.at(path), json.dumps(manifest, indent=2) + "\n")
            self.manifests[path] = {"was": was, "digest": _digest(self.at(path))}
            yield path

    def _restore_manifests(self):
        """As the package has them, so that it may update them; one that was changed since is its changer's."""
        for path, known in self.manifests.items():
            if self.at(path).is_file() and _digest(self.at(path)) == known["digest"]:
                _write(self.at(path), known["was"])
        self.manifests = {}

    def release(self):
        """Give the package its manifests back, which it is about to exchange; apply() changes them again."""
        self._restore_manifests()
        self._remember()

    def remove(self):
        """Remove what was written; return the paths that are gone and those that are left, for they were changed."""
        gone = self._remove(list(self.written))
        left = list(self.written)
        self.written = {}
        self._restore_manifests()
        self._remember()
        return gone, left

    def _remove(self, paths):
        gone = []
        for path in paths:
            if self.at(path).exists() and not self.is_ours(path):
                continue
            self.at(path).unlink(missing_ok=True)
            del self.written[path]
            gone.append(path)
        for folder in list(self.folders):
            if self.at(folder).is_dir() and not any(self.at(folder).iterdir()):
                self.at(folder).rmdir()
                self.folders.remove(folder)
        return gone

    def _remember(self):
        known = self.at(WRITTEN)
        if not self.written and not self.manifests:
            known.unlink(missing_ok=True)
            if known.parent.is_dir() and not any(known.parent.iterdir()):
                known.parent.rmdir()
            return
        _make_folder(known.parent)
        state = {"files": self.written, "folders": self.folders, "manifests": self.manifests}
        _write(known, json.dumps(state, indent=2) + "\n")
