/* SPDX-License-Identifier: MIT */
#include "broker/command.h"

#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "broker/nearest.h"
#include "broker/version.h"
#include "core/contract.h"

static int help(int argc, char **argv);
static int version(int argc, char **argv);
static int describe(int argc, char **argv);

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage;
    const char *what;
    const char *more; /* what `--help` says besides; may be NULL */
} commands[] = {
    { "tokens", ukb_command_tokens, "tokens [--json]", "list the inserted UKeys",
      "  --json  print the reply of tokens.list instead of a table\n" },
    { "certificates", ukb_command_certificates, "certificates [TOKEN] [--json]",
      "list the certificates of one UKey, or of all",
      "  TOKEN   a UKey's label, or its id or the first digits of it, as `ukeybridge tokens` shows them\n"
      "  --json  print the certificates as JSON instead of a table\n" },
    { "renewals", ukb_command_renewals, "renewals [TOKEN] [--json]", "list the renewals of this user, newest first",
      "  TOKEN   as for certificates; of a UKey that is not inserted the whole id\n"
      "  --json  print the reply of renewal.list instead of a table\n" },
    { "audit", ukb_command_audit, "audit [--json]", "list what sites and the extension asked for, newest first",
      "What logged in to a UKey or changed something, and what was refused.\n"
      "  --json  print the entries as JSON instead of a table\n" },
    { "doctor", ukb_command_doctor, "doctor [--repair] [--json]",
      "look for what keeps UKeys from working, and mend what can be",
      "Exit code 1 when something keeps UKeys from working. What needs root is printed as a command.\n"
      "  --repair  mend what your own rights allow, then examine again\n"
      "  --json    print the checks as JSON instead of a table\n" },
    { "call", ukb_command_call, "call METHOD [JSON]", "call a method as the extension's own pages do",
      "  METHOD  one of those that `ukeybridge describe` prints, such as certificates.list\n"
      "  JSON    its parameters, an object, such as '{\"token\":\"…\"}'\n" },
    { "describe", describe, "describe", "print the protocol's methods, objects, limits and errors as JSON", NULL },
    { "register", ukb_command_register,
      "register [--browser NAME]… [--system] [--manifest-dir DIR] [--extension-id ID]…",
      "let browsers start this program (chrome, chromium, edge, firefox)",
      "Without options: for this user, in the browsers that this user has started before.\n"
      "  --browser NAME       for this one: chrome, chromium, edge or firefox; may be repeated\n"
      "  --system             for every user of this computer; needs root, and a program that only root can\n"
      "                       change\n"
      "  --manifest-dir DIR   write the manifest to this folder instead (absolute); firefox's with --browser firefox\n"
      "  --extension-id ID    an extension packed with a key or an add-on id of your own may start it, too; may be\n"
      "                       repeated\n" },
    { "unregister", ukb_command_register, "unregister [--browser NAME]… [--system] [--manifest-dir DIR]",
      "undo register", "The options are those of register. Without any: for this user, in every browser.\n" },
    { "help", help, "help [COMMAND]", "print this, or how a command is used", NULL },
    { "--version", version, "--version", "print the version", NULL },
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
    fprintf(stderr, "ukeybridge: no command \"%.64s\"", name);
    if (nearest.best != NULL) {
        fprintf(stderr, "; did you mean %s?", nearest.best);
    }
    fputs("\n`ukeybridge help` lists them\n", stderr);
    return UKB_EXIT_USAGE;
}

static int
help_all(void)
{
    size_t i;

    puts("UKey Bridge " UKB_VERSION ": lets web pages of allowed portals list and renew the certificates on a UKey.\n"
         "A browser starts it for the extension; a person may type:\n");
    for (i = 0; i < COMMAND_COUNT; i++) {
        printf("  ukeybridge %s\n      %s\n", commands[i].usage, commands[i].what);
    }
    puts("\n`ukeybridge COMMAND --help` says more. Exit codes: 0 done, 1 failed, 2 usage.");
    return UKB_EXIT_OK;
}

static int
help_one(size_t row)
{
    printf("Usage: ukeybridge %s\n\n", commands[row].usage);
    printf("%c%s.\n", toupper((unsigned char)commands[row].what[0]), commands[row].what + 1);
    if (commands[row].more != NULL) {
        printf("\n%s", commands[row].more);
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
    fprintf(stderr, "usage: ukeybridge %s\n`ukeybridge %s --help` says more\n", commands[row].usage, name);
    return UKB_EXIT_USAGE;
}

int
ukb_command_failed(const struct ukb_error *error)
{
    const char *reason = ukb_status_reason(error->status);

    fprintf(stderr, "ukeybridge: %s%s%s\n", reason == NULL ? "" : reason, reason == NULL ? "" : ": ", error->message);
    return UKB_EXIT_FAILED;
}

int
ukb_command_print_json(const cJSON *value)
{
    char *text = cJSON_Print(value);

    if (text == NULL) {
        fputs("ukeybridge: no memory for the output\n", stderr);
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
    char *text = NULL;

    if (argc > 1) {
        return ukb_command_usage(argv[0]);
    }
    contract = ukb_contract_describe();
    text = cJSON_Print(contract);
    cJSON_Delete(contract);
    if (text == NULL) {
        fputs("ukeybridge: no memory for the description\n", stderr);
        return UKB_EXIT_FAILED;
    }
    (void)puts(text); /* ukb_command_run() looks whether it went out */
    cJSON_free(text);
    return UKB_EXIT_OK;
}

/* What a command printed is out when it says that all is well: a full disk is not. */
static int
finish(int code)
{
    const bool written = fflush(stdout) == 0 && ferror(stdout) == 0;

    if (code != UKB_EXIT_OK || written) {
        return code;
    }
    fputs("ukeybridge: the output cannot be written\n", stderr);
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
