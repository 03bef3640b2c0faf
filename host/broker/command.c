/* SPDX-License-Identifier: MIT */
#include "broker/command.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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
} commands[] = {
    { "tokens", ukb_command_tokens, "tokens [--json]", "list the inserted UKeys" },
    { "certificates", ukb_command_certificates, "certificates [TOKEN] [--json]",
      "list the certificates of one UKey, or of all" },
    { "renewals", ukb_command_renewals, "renewals [TOKEN] [--json]", "list the renewals of this user, newest first" },
    { "call", ukb_command_call, "call METHOD [JSON]", "call a method as the extension's own pages do" },
    { "describe", describe, "describe", "print the protocol's methods, objects, limits and errors as JSON" },
    { "register", ukb_command_register,
      "register [--browser NAME]… [--system] [--manifest-dir DIR] [--extension-id ID]…",
      "let browsers start this program (chrome, chromium, edge)" },
    { "unregister", ukb_command_register, "unregister [--browser NAME]… [--system] [--manifest-dir DIR]",
      "undo register" },
    { "help", help, "help", "print this" },
    { "--help", help, NULL, NULL },
    { "--version", version, "--version", "print the version" },
};

static int
help(int argc, char **argv)
{
    size_t i;

    (void)argc;
    (void)argv;
    puts("UKey Bridge " UKB_VERSION ": lets web pages of allowed portals list and renew the certificates on a UKey.\n"
         "A browser starts it for the extension; a person may type:\n");
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (commands[i].usage != NULL) {
            printf("  ukeybridge %s\n      %s\n", commands[i].usage, commands[i].what);
        }
    }
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

    (void)argv;
    if (argc > 1) {
        fputs("ukeybridge describe takes no arguments\n", stderr);
        return UKB_EXIT_USAGE;
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
    size_t i;

    if (argc < 2) {
        return finish(help(argc, argv));
    }
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].name, argv[1]) == 0) {
            return finish(commands[i].run(argc - 1, argv + 1));
        }
    }
    fprintf(stderr, "ukeybridge: no command \"%s\"; `ukeybridge help` lists them\n", argv[1]);
    return UKB_EXIT_USAGE;
}
