# SPDX-License-Identifier: MIT
"""kit_browsers - what each browser is told, by its own policies, and where it looks for them.

Sources: the policy lists of Chrome Enterprise, Microsoft Edge and Firefox (policy-templates). Linux's files and Windows'
registry are both made of these tables, so that they say the same.
"""

from typing import Callable, NamedTuple

from kit_settings import CHROMIUM_ID, FIREFOX_ID, SETTINGS

HOST = "org.ukeybridge.host"
# What the extension reads of its managed storage: extension/managed_schema.json.
MANAGED = ("reminders", "sound", "language")


def _managed(settings):
    return {name: settings[name] for name in MANAGED if name in settings}


def chromium(settings):
    extension = settings.get("extension-id", CHROMIUM_ID)
    policies = {}
    if "update-url" in settings:
        policies["ExtensionInstallForcelist"] = [f"{extension};{settings['update-url']}"]
    if settings.get("other-native-hosts", "block") == "block":
        policies["NativeMessagingBlocklist"] = ["*"]
        policies["NativeMessagingAllowlist"] = [HOST, *settings.get("allow-native-host", [])]
    # A manifest in a user's home could put another program in the host's place.
    policies["NativeMessagingUserLevelHosts"] = False
    if _managed(settings):
        policies["3rdparty"] = {"extensions": {extension: _managed(settings)}}
    return policies


def firefox(settings):
    addon = settings.get("firefox-id", FIREFOX_ID)
    policies = {}
    if "firefox-url" in settings:
        policies["ExtensionSettings"] = {
            addon: {"installation_mode": "force_installed", "install_url": settings["firefox-url"]}
        }
    if settings.get("firefox-unsigned"):
        policies["Preferences"] = {"xpinstall.signatures.required": {"Value": False, "Status": "locked"}}
    if _managed(settings):
        policies["3rdparty"] = {"Extensions": {addon: _managed(settings)}}
    return policies


class Browser(NamedTuple):
    name: str
    title: str
    policies: Callable[[dict], dict]
    linux: str  # the file; its folder's other files count as well where `shared`
    shared: bool
    windows: str  # below HKEY_LOCAL_MACHINE
    manifests: tuple  # folders of native messaging manifests


BROWSERS = (
    Browser("chrome", "Google Chrome", chromium, "/etc/opt/chrome/policies/managed/ukeybridge.json", True,
            r"SOFTWARE\Policies\Google\Chrome", ("/etc/opt/chrome/native-messaging-hosts",)),
    Browser("chromium", "Chromium", chromium, "/etc/chromium/policies/managed/ukeybridge.json", True,
            r"SOFTWARE\Policies\Chromium", ("/etc/chromium/native-messaging-hosts",)),
    Browser("edge", "Microsoft Edge", chromium, "/etc/opt/edge/policies/managed/ukeybridge.json", True,
            r"SOFTWARE\Policies\Microsoft\Edge", ("/etc/opt/edge/native-messaging-hosts",)),
    Browser("firefox", "Mozilla Firefox", firefox, "/etc/firefox/policies/policies.json", False,
            r"SOFTWARE\Policies\Mozilla\Firefox",
            ("/usr/lib/mozilla/native-messaging-hosts", "/usr/lib64/mozilla/native-messaging-hosts")),
)


def manifests(browser):
    """Where the package puts its manifest for a browser; not all of them need be there."""
    return [f"{folder}/{HOST}.json" for folder in browser.manifests]


def wanted(settings):
    """The browsers that are told something, each with what; none while nothing is set."""
    names = settings.get("browser", [browser.name for browser in BROWSERS])
    if not settings:
        return []
    told = [(browser, browser.policies(settings)) for browser in BROWSERS if browser.name in names]
    return [(browser, policies) for browser, policies in told if policies]


def admitted(settings):
    """(browser, member, value): whom a browser's manifest must name besides the extension that the package names."""
    for browser, _ in wanted(settings):
        if browser.policies is firefox and settings.get("firefox-id", FIREFOX_ID) != FIREFOX_ID:
            yield browser, "allowed_extensions", settings["firefox-id"]
        if browser.policies is chromium and settings.get("extension-id", CHROMIUM_ID) != CHROMIUM_ID:
            yield browser, "allowed_origins", f"chrome-extension://{settings['extension-id']}/"


def host_policy(settings):
    """The host's own policy.json (host/docs/policy.md); None where no setting is for it."""
    policy = {each.member: settings[each.name] for each in SETTINGS if each.member and each.name in settings}
    return policy or None
