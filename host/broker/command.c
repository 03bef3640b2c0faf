/* SPDX-License-Identifier: MIT */
#include "broker/command.h"

#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "broker/nearest.h"
#include "broker/say.h"
#include "broker/version.h"
#include "core/contract.h"

static int help(int argc, char **argv);
static int version(int argc, char **argv);
static int describe(int argc, char **argv);

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage;
    struct ukb_text what;
    struct ukb_text more; /* what `--help` says besides; may be NULL */
} commands[] = {
    { "tokens",
      ukb_command_tokens,
      "tokens [--json]",
      { "list the inserted UKeys", "列出已插入的 UKey" },
      { "  --json  print the reply of tokens.list instead of a table\n",
        "  --json  以 JSON 输出 tokens.list 的应答，不显示表格\n" } },
    { "certificates",
      ukb_command_certificates,
      "certificates [TOKEN] [--json]",
      { "list the certificates of one UKey, or of all", "列出一个或所有 UKey 中的证书" },
      { "  TOKEN   a UKey's label, or its id or the first digits of it, as `ukeybridge tokens` shows them\n"
        "  --json  print the certificates as JSON instead of a table\n",
        "  TOKEN   UKey 的名称、标识或标识的前几位，见 ukeybridge tokens\n"
        "  --json  以 JSON 输出证书，不显示表格\n" } },
    { "renewals",
      ukb_command_renewals,
      "renewals [TOKEN] [--json]",
      { "list the renewals of this user, newest first", "列出本用户的办理记录，最新的在前" },
      { "  TOKEN   as for certificates; of a UKey that is not inserted the whole id\n"
        "  --json  print the reply of renewal.list instead of a table\n",
        "  TOKEN   同 certificates；UKey 没有插入时须输入完整的标识\n"
        "  --json  以 JSON 输出 renewal.list 的应答，不显示表格\n" } },
    { "audit",
      ukb_command_audit,
      "audit [--json]",
      { "list what sites and the extension asked for, newest first", "列出网站和扩展程序请求过的操作，最新的在前" },
      { "What logged in to a UKey or changed something, and what was refused.\n"
        "  --json  print the entries as JSON instead of a table\n",
        "包括登录 UKey 的操作、作出改动的操作，以及被拒绝的请求。\n"
        "  --json  以 JSON 输出，不显示表格\n" } },
    { "doctor",
      ukb_command_doctor,
      "doctor [--repair] [--json]",
      { "look for what keeps UKeys from working, and mend what can be",
        "检测 UKey，找出无法使用的原因，修复可以修复的问题" },
      { "Exit code 1 when something keeps UKeys from working. What needs root is printed as a command.\n"
        "  --repair  mend what your own rights allow, then examine again\n"
        "  --json    print the checks as JSON instead of a table\n",
        "存在导致 UKey 无法使用的问题时，退出码为 1。需要 root 权限的修复以命令的形式列出。\n"
        "  --repair  修复您的权限所允许的问题，然后重新检测\n"
        "  --json    以 JSON 输出检测项，不显示表格\n" } },
    { "call",
      ukb_command_call,
      "call METHOD [JSON]",
      { "call a method as the extension's own pages do", "像扩展程序自己的页面那样调用一个方法" },
      { "  METHOD  one of those that `ukeybridge describe` prints, such as certificates.list\n"
        "  JSON    its parameters, an object, such as '{\"token\":\"…\"}'\n",
        "  METHOD  ukeybridge describe 所列的方法之一，如 certificates.list\n"
        "  JSON    其参数，为一个对象，如 '{\"token\":\"…\"}'\n" } },
    { "describe",
      describe,
      "describe",
      { "print the protocol's methods, objects, limits and errors as JSON",
        "以 JSON 输出协议的方法、对象、限值和错误" },
      { NULL, NULL } },
    { "register",
      ukb_command_register,
      "register [--browser NAME]… [--system] [--manifest-dir DIR] [--extension-id ID]…",
      { "let browsers start this program (chrome, chromium, edge, firefox)",
        "登记本程序，让浏览器能够启动它（chrome、chromium、edge、firefox）" },
      { "Without options: for this user, in the browsers that this user has started before.\n"
        "  --browser NAME       for this one: chrome, chromium, edge or firefox; may be repeated\n"
        "  --system             for every user of this computer; needs root, and a program that only root can\n"
        "                       change\n"
        "  --manifest-dir DIR   write the manifest to this folder instead (absolute); firefox's with --browser "
        "firefox\n"
        "  --extension-id ID    an extension packed with a key or an id of your own may start it, too; may be\n"
        "                       repeated\n",
        "不带选项时：为本用户、在其启动过的浏览器中登记。\n"
        "  --browser NAME       只在这个浏览器中：chrome、chromium、edge 或 firefox；可重复\n"
        "  --system             为这台电脑的所有用户登记；须有 root 权限，且程序只有 root 能够改动\n"
        "  --manifest-dir DIR   改为将清单写入这个目录（绝对路径）；Firefox 的清单须加 --browser firefox\n"
        "  --extension-id ID    同时允许以您自己的密钥或标识打包的扩展程序启动本程序；可重复\n" } },
    { "unregister",
      ukb_command_register,
      "unregister [--browser NAME]… [--system] [--manifest-dir DIR]",
      { "undo register", "撤销登记" },
      { "The options are those of register. Without any: for this user, in every browser.\n",
        "选项同 register。不带选项时：为本用户、在所有浏览器中撤销。\n" } },
    { "help",
      help,
      "help [COMMAND]",
      { "print this, or how a command is used", "显示本说明，或一个命令的用法" },
      { NULL, NULL } },
    { "--version", version, "--version", { "print the version", "显示版本" }, { NULL, NULL } },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* Its row, COMMAND_COUNT when there is none. */
static size_t
find(const char *name)
{
    size_t i = 0;

    while (i < COMMAND_COUNT && strcmp(commands[i].name, name) != 0) {
        i++;
    }
    return i;
}

static bool
is_help(const char *text)
{
    return strcmp(text, "-h") == 0 || strcmp(text, "--help") == 0;
}

static int
unknown(const char *name)
{
    struct ukb_nearest nearest = { .word = name };
    size_t i;

    for (i = 0; i < COMMAND_COUNT; i++) {
        ukb_nearest_try(&nearest, commands[i].name);
    }
    fprintf(stderr, ukb_say("ukeybridge: no command \"%.64s\"", "ukeybridge: 没有命令“%.64s”"), name);
    if (nearest.best != NULL) {
        fprintf(stderr, ukb_say("; did you mean %s?", "；是否要输入 %s？"), nearest.best);
    }
    fputs(ukb_say("\n`ukeybridge help` lists them\n", "\n所有命令见 ukeybridge help\n"), stderr);
    return UKB_EXIT_USAGE;
}

static int
help_all(void)
{
    size_t i;

    puts(ukb_say("UKey Bridge " UKB_VERSION
                 ": lets web pages of allowed portals list and renew the certificates on a UKey.\n"
                 "A browser starts it for the extension; a person may type:\n",
                 "UKey Bridge " UKB_VERSION "：让获准的网站查看 UKey 中的证书并为其办理延期。\n"
                 "浏览器为扩展程序启动它；也可以在终端中输入：\n"));
    for (i = 0; i < COMMAND_COUNT; i++) {
        printf("  ukeybridge %s\n      %s\n", commands[i].usage, ukb_say_text(&commands[i].what));
    }
    puts(ukb_say("\n`ukeybridge COMMAND --help` says more. Exit codes: 0 done, 1 failed, 2 usage.",
                 "\n各命令的说明见 ukeybridge COMMAND --help。退出码：0 完成，1 失败，2 用法有误。"));
    return UKB_EXIT_OK;
}

static int
help_one(size_t row)
{
    const char *what = ukb_say_text(&commands[row].what);
    const char *more = ukb_say_text(&commands[row].more);

    printf(ukb_say("Usage: ukeybridge %s\n\n", "用法：ukeybridge %s\n\n"), commands[row].usage);
    printf(ukb_say("%c%s.\n", "%c%s。\n"), toupper((unsigned char)what[0]), what + 1);
    if (more != NULL) {
        printf("\n%s", more);
    }
    return UKB_EXIT_OK;
}

static int
help(int argc, char **argv)
{
    if (argc < 2) {
        return help_all();
    }
    return find(argv[1]) < COMMAND_COUNT ? help_one(find(argv[1])) : unknown(argv[1]);
}

int
ukb_command_usage(const char *name)
{
    const size_t row = find(name);

    assert(row < COMMAND_COUNT);
    fprintf(stderr,
            ukb_say("usage: ukeybridge %s\n`ukeybridge %s --help` says more\n",
                    "用法：ukeybridge %s\n详细说明见 ukeybridge %s --help\n"),
            commands[row].usage, name);
    return UKB_EXIT_USAGE;
}

/* What stops a list, as the extension puts it: an error's own message is English, for developers. */
static const struct ukb_text meanings[] = {
    { "POLICY_INVALID", "配置文件有误（policy.json 或 config.json），UKey Bridge 已停用。请联系单位的管理员。" },
    { "BUSY", "UKey 正忙。请等当前操作完成后再试。" },
    { "TIMEOUT", "操作超时，没有完成。请确认 UKey 已插好，然后重试。" },
    { "TOKEN_REMOVED", "UKey 在操作中被拔出。请重新插入后再试，完成之前不要拔出。" },
    { "TOKEN_BUSY", "另一个程序正在使用 UKey。请退出其他 CA 控件或客户端后再试。" },
    { "TOKEN_ERROR", "UKey 出错。请拔下重新插入后再试；仍不行请联系发证机构（CA）。" },
    { "MODULE_CRASHED", "UKey 驱动异常退出。请拔下 UKey 重新插入后再试。" },
    { "MODULE_HUNG", "UKey 驱动没有响应。请退出其他 CA 控件、重新插入 UKey 后再试。" },
    { "JOURNAL_UNAVAILABLE", "无法读写办理记录。请检查磁盘后重试，或联系技术支持。" },
    { "DISK_FULL", "电脑磁盘已满，没有继续操作。请清理磁盘空间后重试。" },
};

int
ukb_command_failed(const struct ukb_error *error)
{
    const char *reason = ukb_status_reason(error->status);
    const char *meaning = UKB_SAY_WORD(meanings, reason);

    fprintf(stderr, "ukeybridge: %s%s%s\n", reason == NULL ? "" : reason, reason == NULL ? "" : ": ", error->message);
    if (ukb_say_is_chinese() && meaning != reason) {
        fprintf(stderr, "%s\n", meaning);
    }
    return UKB_EXIT_FAILED;
}

int
ukb_command_print_json(const cJSON *value)
{
    char *text = cJSON_Print(value);

    if (text == NULL) {
        fputs(ukb_say("ukeybridge: no memory for the output\n", "ukeybridge: 内存不足，无法输出\n"), stderr);
        return UKB_EXIT_FAILED;
    }
    (void)puts(text); /* ukb_command_run() looks whether it went out */
    cJSON_free(text);
    return UKB_EXIT_OK;
}

static int
version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("ukeybridge " UKB_VERSION " (" UKB_COMMIT ")");
    return UKB_EXIT_OK;
}

static int
describe(int argc, char **argv)
{
    cJSON *contract = NULL;
    int code;

    if (argc > 1) {
        return ukb_command_usage(argv[0]);
    }
    contract = ukb_contract_describe();
    code = ukb_command_print_json(contract);
    cJSON_Delete(contract);
    return code;
}

/* What a command printed is out when it says that all is well: a full disk is not. */
static int
finish(int code)
{
    const bool written = fflush(stdout) == 0 && ferror(stdout) == 0;

    if (code != UKB_EXIT_OK || written) {
        return code;
    }
    fputs(ukb_say("ukeybridge: the output cannot be written\n", "ukeybridge: 无法写出结果\n"), stderr);
    return UKB_EXIT_FAILED;
}

int
ukb_command_run(int argc, char **argv)
{
    size_t row;
    int i;

    if (argc < 2 || is_help(argv[1])) {
        return finish(help_all());
    }
    row = find(argv[1]);
    if (row == COMMAND_COUNT) {
        return unknown(argv[1]);
    }
    for (i = 2; i < argc; i++) {
        if (is_help(argv[i])) {
            return finish(help_one(row));
        }
    }
    return finish(commands[row].run(argc - 1, argv + 1));
}
