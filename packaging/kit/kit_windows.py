# SPDX-License-Identifier: MIT
"""kit_windows - the same policies for Windows: registry values, as a .reg file and as an administrative template.

Sources: Microsoft, "ADMX schema" (PolicyDefinitions 1.0); a browser takes a list as a key of numbered values.
"""

import json
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

import kit_browsers

# Lists of other templates begin at 1; what is added to them by a number of its own leaves theirs alone.
FIRST_NUMBER = 7301
# Firefox takes these as JSON in one value, as nested keys would need names that a registry key cannot have.
JSON_POLICIES = ("ExtensionSettings", "Preferences")
LANGUAGES = {
    "en-US": {
        "title": "UKey Bridge",
        "about": "Policies that roll out UKey Bridge.",
        "policy": "UKey Bridge in {browser}",
        "what": "Enabled: {browser} installs the extension UKey Bridge, lets it start its native program, and starts no "
                "program that a user registered. Disabled or not configured: none of this is set.",
    },
    "zh-CN": {
        "title": "UKey Bridge",
        "about": "用于部署 UKey Bridge 的策略。",
        "policy": "{browser} 中的 UKey Bridge",
        "what": "启用：{browser} 会安装 UKey Bridge 扩展程序，允许它启动本机程序，并且不会启动用户自行登记的程序。"
                "禁用或未配置：不做以上设置。",
    },
}


class Value(NamedTuple):
    key: str
    name: str
    data: object  # str or int


def _values(key, policies):
    """Registry values of a dictionary: dictionaries and lists are keys, truth is a number."""
    for name, data in policies.items():
        if name in JSON_POLICIES:
            yield Value(key, name, json.dumps(data))
        elif isinstance(data, dict):
            yield from _values(rf"{key}\{name}", data)
        elif isinstance(data, list):
            for number, item in enumerate(data, FIRST_NUMBER):
                yield Value(rf"{key}\{name}", str(number), item)
        else:
            yield Value(key, name, int(data) if isinstance(data, bool) else data)


def values(browser, policies):
    """All values of a browser. Chromium wants an extension's own settings one key deeper than in a file."""
    extensions = policies.get("3rdparty", {}).get("extensions", {})
    deeper = {name: {"policy": settings} for name, settings in extensions.items()}
    if deeper:
        policies = {**policies, "3rdparty": {"extensions": deeper}}
    return list(_values(browser.windows, policies))


def _reg_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def reg(told):
    """A .reg file, as regedit writes it: UTF-16 with a mark, lines of Windows."""
    lines, key = ["Windows Registry Editor Version 5.00"], None
    for value in (value for browser, policies in told for value in values(browser, policies)):
        if value.key != key:
            key = value.key
            lines += ["", rf"[HKEY_LOCAL_MACHINE\{key}]"]
        data = f"dword:{value.data:08x}" if isinstance(value.data, int) else _reg_text(value.data)
        lines.append(f"{_reg_text(value.name)}={data}")
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-16-le")


def _item(value):
    data = f'<decimal value="{value.data}" />' if isinstance(value.data, int) else f"<string>{escape(value.data)}</string>"
    return f"        <item key={quoteattr(value.key)} valueName={quoteattr(value.name)}><value>{data}</value></item>"


def _absent(value):
    return f"        <item key={quoteattr(value.key)} valueName={quoteattr(value.name)}><value><delete /></value></item>"


def _policy(browser, policies):
    found = values(browser, policies)
    return "\n".join([
        f'    <policy name="UKeyBridge_{browser.name}" class="Machine" displayName="$(string.{browser.name})"'
        f' explainText="$(string.{browser.name}_what)" key={quoteattr(browser.windows)}>',
        '      <parentCategory ref="UKeyBridge" />',
        '      <supportedOn ref="windows:SUPPORTED_Win7" />',
        "      <enabledList>", *(_item(value) for value in found), "      </enabledList>",
        "      <disabledList>", *(_absent(value) for value in found), "      </disabledList>",
        "    </policy>",
    ])


_NAMESPACES = ('xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
               'xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"')


def admx(told):
    policies = "\n".join(_policy(browser, policies) for browser, policies in told)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<policyDefinitions {_NAMESPACES} revision="1.0" schemaVersion="1.0">
  <policyNamespaces>
    <target prefix="ukeybridge" namespace="UKeyBridge.Policies" />
    <using prefix="windows" namespace="Microsoft.Policies.Windows" />
  </policyNamespaces>
  <resources minRequiredRevision="1.0" />
  <categories>
    <category name="UKeyBridge" displayName="$(string.title)" />
  </categories>
  <policies>
{policies}
  </policies>
</policyDefinitions>
"""


def adml(told, language):
    words = LANGUAGES[language]
    strings = {"title": words["title"]}
    for browser, _ in told:
        strings[browser.name] = words["policy"].format(browser=browser.title)
        strings[f"{browser.name}_what"] = words["what"].format(browser=browser.title)
    table = "\n".join(f"      <string id={quoteattr(name)}>{escape(text)}</string>" for name, text in strings.items())
    return f"""<?xml version="1.0" encoding="utf-8"?>
<policyDefinitionResources {_NAMESPACES} revision="1.0" schemaVersion="1.0">
  <displayName>{escape(words["title"])}</displayName>
  <description>{escape(words["about"])}</description>
  <resources>
    <stringTable>
{table}
    </stringTable>
  </resources>
</policyDefinitionResources>
"""


def files(settings):
    """{path below the folder of templates: bytes}."""
    told = kit_browsers.wanted(settings)
    made = {"ukeybridge.reg": reg(told), "ukeybridge.admx": admx(told).encode()}
    made.update({f"{language}/ukeybridge.adml": adml(told, language).encode() for language in LANGUAGES})
    return made
