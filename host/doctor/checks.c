/* SPDX-License-Identifier: MIT */
/* All checks, in the order in which they are told. Titles in English, then Chinese. */
#include "doctor/looks.h"

/* clang-format off */
const struct ukb_check ukb_checks[] = {
    { "host-version", "host", NULL, { "Version of UKey Bridge", "UKey Bridge 版本" }, ukb_look_version, NULL },
    { "host-parts", "host", NULL, { "Programs of UKey Bridge", "UKey Bridge 的程序" }, ukb_look_parts, NULL },
    { "manifest-chrome", "browser", "chrome", { "Chrome finds UKey Bridge", "Chrome 能找到 UKey Bridge" },
      ukb_look_manifest, ukb_repair_manifest },
    { "manifest-chromium", "browser", "chromium", { "Chromium finds UKey Bridge", "Chromium 能找到 UKey Bridge" },
      ukb_look_manifest, ukb_repair_manifest },
    { "manifest-edge", "browser", "edge", { "Edge finds UKey Bridge", "Edge 能找到 UKey Bridge" },
      ukb_look_manifest, ukb_repair_manifest },
    { "manifest-firefox", "browser", "firefox", { "Firefox finds UKey Bridge", "Firefox 能找到 UKey Bridge" },
      ukb_look_manifest, ukb_repair_manifest },
    { "browser-policy-chrome", "browser", "chrome", { "Policy set for Chrome", "Chrome 的策略" }, ukb_look_managed, NULL },
    { "browser-policy-chromium", "browser", "chromium", { "Policy set for Chromium", "Chromium 的策略" },
      ukb_look_managed, NULL },
    { "browser-policy-edge", "browser", "edge", { "Policy set for Edge", "Edge 的策略" }, ukb_look_managed, NULL },
    { "browser-policy-firefox", "browser", "firefox", { "Policy set for Firefox", "Firefox 的策略" },
      ukb_look_managed, NULL },
    { "browser-sandbox", "browser", NULL, { "Browsers that are locked in (Snap, Flatpak)", "被隔离的浏览器（Snap、Flatpak）" },
      ukb_look_sandbox, NULL },
    { "policy-file", "policy", NULL, { "The administrator's policy", "管理员策略文件" }, ukb_look_policy, NULL },
    { "config-file", "policy", NULL, { "Your configuration", "您的配置文件" }, ukb_look_config, ukb_repair_config },
    { "portals", "policy", NULL, { "Sites that may use the UKey", "允许使用 UKey 的网站" }, ukb_look_portals, NULL },
    { "pcsc-service", "reader", NULL, { "The smart card service", "智能卡服务" }, ukb_look_pcsc, NULL },
    { "card-readers", "reader", NULL, { "UKeys that the smart card service sees", "智能卡服务看到的 UKey" }, ukb_look_cards, NULL },
    { "middleware-programs", "reader", NULL, { "Other programs that use UKeys", "正在使用 UKey 的其他程序" },
      ukb_look_programs, NULL },
    { "middleware-services", "reader", NULL, { "Local services of other portals", "其他平台的本地服务" },
      ukb_look_services, NULL },
    { "modules", "module", NULL, { "Drivers of UKeys (PKCS#11 modules)", "UKey 驱动（PKCS#11 模块）" }, ukb_look_modules, NULL },
    { "module-history", "module", NULL, { "Drivers that crashed or hung lately", "最近崩溃或无响应的驱动" },
      ukb_look_history, ukb_repair_history },
    { "module-same-token", "module", NULL, { "One UKey, one driver", "一个 UKey 只用一个驱动" }, ukb_look_same_token, NULL },
    { "dialog-program", "dialog", NULL, { "The PIN window's program", "PIN 码窗口程序" }, ukb_look_dialog, NULL },
    { "dialog-display", "dialog", NULL, { "A screen for the PIN window", "显示 PIN 码窗口的屏幕" }, ukb_look_display, NULL },
    { "journal", "journal", NULL, { "The renewal records", "办理记录" }, ukb_look_journal, ukb_repair_journal },
    { "renewals", "journal", NULL, { "Renewals that were interrupted", "被中断的更新" }, ukb_look_renewals, NULL },
    { "locks", "journal", NULL, { "The folder of locks", "锁文件夹" }, ukb_look_locks, ukb_repair_locks },
    { "disk-space", "system", NULL, { "Room on the disk", "磁盘空间" }, ukb_look_disk, NULL },
    { "clock", "system", NULL, { "Date and time of the computer", "本机日期和时间" }, ukb_look_clock, NULL },
};
/* clang-format on */
const size_t ukb_check_count = sizeof(ukb_checks) / sizeof(ukb_checks[0]);
