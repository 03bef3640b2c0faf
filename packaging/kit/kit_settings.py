# SPDX-License-Identifier: MIT
"""kit_settings - what an administrator may set: one table for the file, for the options, and for what explains them."""

import re
from typing import Callable, NamedTuple

CHROMIUM_ID = "efhkkcihfdnbnailmgiajdmcjflmjoef"  # of the key in extension/manifest.json
FIREFOX_ID = "bridge@ukeybridge.org"
FILE_MAX_LEN = 64 * 1024

# The host's limits (host/core/limits.h). It obeys a policy.json as a whole or not at all, so that one line it would
# refuse locks every portal: what is written here has to be what it takes.
ORIGIN_MAX_LEN = 255
PATH_MAX_LEN = 4096
ISSUER_MAX_LEN = 1024
MODULES_MAX = 16
AUTHORITIES_MAX = 16
LINES_MAX = 1024

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"{_LABEL}(\.{_LABEL})*"
_LOOPBACK_HOST = r"(localhost|127\.0\.0\.1|\[::1\])"
_PORT = r"(:([1-9][0-9]{0,4}))?"
_HTTPS = re.compile(rf"https://(?P<any>\*\.)?(?P<host>{_HOST}|\[::1\]){_PORT}")
_LOOPBACK = re.compile(rf"http://(?P<host>{_LOOPBACK_HOST}){_PORT}")
_LOOPBACK_URL = re.compile(rf"http://{_LOOPBACK_HOST}(:[0-9]{{1,5}})?(/.*)?")
_OCTET = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(\.{_OCTET}){{3}}")
_NUMBER = re.compile(r"[0-9]+|0x.*")  # a last label that makes browsers read an IPv4 address
_DEFAULT_PORTS = {"https": "443", "http": "80"}


class BadSetting(Exception):
    """What is wrong, in words for whoever wrote it."""


def _host_is_good(host, any_below):
    """As browsers write it; behind "*." a name of two labels or more."""
    if any_below and "." not in host:
        return False
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return not any_below and bool(_IPV4.fullmatch(host))
    return not (any_below and host.startswith("["))


def _check_origin(text, match):
    if not match or not _host_is_good(match["host"], match.groupdict().get("any")):
        raise BadSetting("must be an origin such as https://portal.example or https://*.example.cn, in lower case")
    port = match.groups()[-1]
    if port and (int(port) > 65535 or port == _DEFAULT_PORTS[text.split(":")[0]]):
        raise BadSetting("its port must be left out where it is the scheme's own, and at most 65535")
    if len(text) > ORIGIN_MAX_LEN:
        raise BadSetting(f"must have at most {ORIGIN_MAX_LEN} characters")
    return text


def _origin(text):
    return _check_origin(text, _HTTPS.fullmatch(text) or _LOOPBACK.fullmatch(text))


def _https_url(text):
    """An origin, no pattern, and what may stand behind it."""
    if not re.fullmatch(r"https://[!-~]{1,2000}", text) or re.search(r'["<>\\^`{|}]', text):
        raise BadSetting("must be an https URL, without spaces and \" < > \\ ^ ` { | }")
    origin = "/".join(text.split("/")[:3])
    if "*" in origin:
        raise BadSetting("must be an https URL of one host")
    _check_origin(origin, _HTTPS.fullmatch(origin))
    return text


def _url(text):
    """Where browsers fetch the extension: it becomes part of them, so nobody on the way may exchange it."""
    if not re.fullmatch(r"(https?|file)://[!-~]{1,2000}", text) or re.search(r'[;"\\<>]', text):
        raise BadSetting("must be an https or file URL")
    if text.startswith("http:") and not _LOOPBACK_URL.fullmatch(text):
        raise BadSetting("must be an https or file URL; http is for localhost, 127.0.0.1 and [::1] only")
    return text


def _chromium_id(text):
    if not re.fullmatch(r"[a-p]{32}", text):
        raise BadSetting("must be 32 letters from a to p, as packaging/extension prints it")
    return text


def _firefox_id(text):
    if not re.fullmatch(r"[\w.-]{1,64}@[\w.-]{1,64}|\{[0-9a-f-]{36}\}", text, re.ASCII):
        raise BadSetting("must be an add-on's id, such as bridge@ukeybridge.org")
    return text


def _path(text):
    if not re.fullmatch(r"/[^\0\n]+", text) or len(text.encode()) > PATH_MAX_LEN:
        raise BadSetting(f"must be an absolute path, of {PATH_MAX_LEN} bytes at most")
    return text


def _module(text):
    name, _, path = text.partition(" ")
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name):
        raise BadSetting("must be a name, of letters, digits, dots and dashes, and behind it a path")
    return {"name": name, "path": _path(path.strip())}


def _identity(text):
    certificate, _, key = text.partition(" ")
    return {"certificate": _path(certificate), "key": _path(key.strip())}


def _issuer_portal(text):
    url, _, issuer = text.partition(" ")
    issuer = issuer.strip()
    if not issuer or "\0" in issuer:
        raise BadSetting("must be an https URL, and behind it an issuer's name such as CN=Example CA,C=CN")
    if len(issuer.encode()) > ISSUER_MAX_LEN:
        raise BadSetting(f"its issuer's name must have at most {ISSUER_MAX_LEN} bytes")
    return {"issuer": issuer, "portal": _https_url(url)}


def _days(text):
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) > 366:
        raise BadSetting("must be a number of days, at most 366")
    return int(text)


def _host_name(text):
    if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", text):
        raise BadSetting("must be the name of a native messaging host, such as org.example.host")
    return text


def _one_of(**values):
    def check(text):
        if text.replace("-", "_") not in values:
            raise BadSetting("must be one of: " + ", ".join(name.replace("_", "-") for name in values))
        return values[text.replace("-", "_")]

    return check


class Setting(NamedTuple):
    name: str
    check: Callable[[str], object]
    most: int  # lines; 1: it is one value, and else a list
    example: str
    what: str
    member: str = ""  # of policy.json, where it is one


_YES_NO = _one_of(yes=True, no=False)

SETTINGS = (
    Setting("portal", _origin, LINES_MAX, "https://portal.example", "A site that may use UKeys. One line for each.", "portals"),
    Setting("module", _module, MODULES_MAX, "vendor /usr/lib/vendor-pkcs11.so",
            "A UKey's PKCS#11 module, by a name and a path. Those that p11-kit knows need no line.", "modules"),
    Setting("system-modules", _YES_NO, 1, "yes",
            "Whether modules count that no line names: p11-kit's, OpenSC's, known makers'; yes.", "systemModules"),
    Setting("user-modules", _YES_NO, 1, "yes", "Whether modules of a user's own configuration count; yes.", "userModules"),
    Setting("user-portals", _YES_NO, 1, "no", "Whether users may allow sites of their own; no.", "userPortals"),
    Setting("trust-anchor", _path, LINES_MAX, "/etc/ukeybridge/ca.pem",
            "The certificate of a CA whose certificates may be installed; without one, the old certificate's issuer.",
            "trustAnchors"),
    Setting("retire-old-signing", _one_of(expired="expired", now="now", keep="keep"), 1, "expired",
            "When a superseded signing pair is deleted: expired (after its end), now or keep; expired.", "retireOldSigning"),
    Setting("reminder-days", _days, 1, "30", "From how many days before its end users are reminded; 30.", "reminderDays"),
    Setting("issuer-portal", _issuer_portal, LINES_MAX, "https://portal.example/renew CN=Example CA,C=CN",
            "Where the certificates of an issuer are renewed: reminders lead there. One line for each.", "issuerPortals"),
    Setting("reset-authority", _path, AUTHORITIES_MAX, "/etc/ukeybridge/reset.pem",
            "A certificate that may authorise the reset of a PIN. One line for each; without one, no remote resets.",
            "resetAuthorities"),
    Setting("host-identity", _identity, 1, "/etc/ukeybridge/host.pem /etc/ukeybridge/host.key",
            "Certificate and key by which a server of resets knows the computer.", "hostIdentity"),
    Setting("audit-syslog", _YES_NO, 1, "no",
            "Whether the log of the system hears who asked for what, and what came of it; no.", "auditSyslog"),
    Setting("allow-loopback", _YES_NO, 1, "no", "Whether http://localhost may be a portal, for tests; no.",
            "allowLoopback"),
    Setting("update", _https_url, 1, "https://updates.example/ukeybridge/version.json",
            "Where the newest version of the host is told to users, as policy.md says; without it nobody asks.", "update"),
    Setting("browser", _one_of(chrome="chrome", chromium="chromium", edge="edge", firefox="firefox"), LINES_MAX, "chrome",
            "Only these browsers (chrome, chromium, edge, firefox), one line for each; without a line, all of them."),
    Setting("update-url", _url, 1, "https://updates.example/ukeybridge/update.xml",
            "Where Chrome, Chromium and Edge learn of the extension and its updates: a document on a server of yours."),
    Setting("extension-id", _chromium_id, 1, CHROMIUM_ID,
            "The extension's id, where it was packed with a key of yours: packaging/browsers prints it, and update-url needs it."),
    Setting("firefox-url", _url, 1, "https://updates.example/ukeybridge/ukey-bridge-0.1.0.xpi",
            "Where Firefox fetches the extension: an .xpi file on a server of yours."),
    Setting("firefox-unsigned", _YES_NO, 1, "no",
            "Whether Firefox ESR installs add-ons without Mozilla's signature, all of them; other Firefoxes never do; no."),
    Setting("firefox-id", _firefox_id, 1, FIREFOX_ID, "The add-on's id in Firefox, where it has one of yours."),
    Setting("other-native-hosts", _one_of(block="block", allow="allow"), 1, "block",
            "Whether other extensions may start native programs: block (but for those below), or allow."),
    Setting("allow-native-host", _host_name, LINES_MAX, "org.keepassxc.keepassxc_browser",
            "The native program of another extension that is not to be blocked. One line for each."),
    Setting("reminders", _one_of(on=True, off=False), 1, "on",
            "Whether the extension tells of certificates that end soon; without this line, as each user likes."),
    Setting("sound", _one_of(on=True, off=False), 1, "on",
            "Whether its notifications come with a sound, except in Firefox; without this line, as each user likes."),
    Setting("language", _one_of(auto="auto", zh_CN="zh-CN", en="en"), 1, "zh-CN",
            "The extension's language: auto (the browser's), zh-CN or en; without this line, as each user likes."),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def take(settings, name, text):
    """Add one setting, checked, to a dictionary of them."""
    setting = BY_NAME.get(name)
    if setting is None:
        raise BadSetting("no such setting")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadSetting("is not UTF-8") from None
    value = setting.check(text)
    if setting.most == 1 and name in settings:
        raise BadSetting("is set twice")
    if setting.most == 1:
        settings[name] = value
    elif len(settings.setdefault(name, [])) == setting.most:
        raise BadSetting(f"is set more than {setting.most} times")
    else:
        settings[name].append(value)


def check_together(settings):
    """What no line says by itself."""
    loopback = [portal for portal in settings.get("portal", []) if portal.startswith("http:")]
    if loopback and not settings.get("allow-loopback"):
        raise BadSetting(f"portal: {loopback[0]} needs allow-loopback = yes")


def doubts(settings):
    """What is no error and yet hardly meant, in words for whoever wrote it."""
    if "update-url" in settings and "extension-id" not in settings:
        yield (f"update-url is set without extension-id, so that browsers look there for {CHROMIUM_ID}: an extension "
               "packed with a key of yours has an id of its own, which packaging/browsers prints")


def read(path):
    """The settings of a file: `name = value`, one on a line; what begins with # is a remark."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(FILE_MAX_LEN + 1)
    except UnicodeDecodeError:
        raise BadSetting(f"{path}: is not UTF-8") from None
    if len(text) > FILE_MAX_LEN:
        raise BadSetting(f"{path}: is longer than {FILE_MAX_LEN} characters")
    settings = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        try:
            if not equals or not value:
                raise BadSetting("a line is: name = value")
            take(settings, name, value)
        except BadSetting as error:
            raise BadSetting(f"{path}:{number}: {name}: {error}") from None
    return settings


def example():
    """A file with each setting explained and none set."""
    lines = ["# What browsers on this computer are told about UKey Bridge; ukeybridge-policy(8).",
             "# Change it, then run as root: ukeybridge-policy --apply"]
    for setting in SETTINGS:
        lines += ["", "# " + setting.what, f"#{setting.name} = {setting.example}"]
    return "\n".join(lines) + "\n"
