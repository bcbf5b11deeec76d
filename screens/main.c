/* SPDX-License-Identifier: Apache-2.0 */
/* cmc-wizard: options, the first page, and the module behind it. */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/secret.h"
#include "flow/cadesc.h"
#include "screens/welcome.h"
#include "screens/wizard.h"

/* Beside the program in the build tree, in pkglibexecdir when installed. */
static void *load_symbol(const char *name, struct err *err)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    self[len < 0 ? 0 : len] = '\0';
    char *dir = path_dir(self);
    char *beside = path_join(dir, WIZARD_MODULE), *installed = path_join(PKGLIBEXECDIR, WIZARD_MODULE);
    /* Never closed: NSS and libcurl keep threads and exit handlers. */
    void *module = dlopen(file_exists(beside) ? beside : installed, RTLD_NOW | RTLD_GLOBAL);
    void *symbol = module ? dlsym(module, name) : NULL;
    if (!symbol) {
        const char *why = dlerror();
        err_fail(err, ERR_UI_MODULE, "%s", why ? why : installed);
    }
    free(dir);
    free(beside);
    free(installed);
    return symbol;
}

static int unattended(const struct wizard_options *options)
{
    struct err err = ERR_INIT;
    wizard_unattended_fn *run = NULL;
    void *symbol = load_symbol(WIZARD_UNATTENDED, &err);
    if (!symbol) {
        int code = err_report(&err, "cmc-wizard");
        err_release(&err);
        return code;
    }
    memcpy(&run, &symbol, sizeof run);
    return run(options);
}

static int interactive(const struct wizard_options *options)
{
    struct ui ui;
    struct err err = ERR_INIT;
    struct ui_options ui_options = {.plain = options->plain, .ascii = options->ascii, .accessible = options->accessible,
                                    .osc52 = options->osc52};
    if (!ui_init(&ui, &ui_options, &err)) {
        int code = err_report(&err, "cmc-wizard");
        err_release(&err);
        return code;
    }
    int code = WIZARD_AGAIN;
    wizard_interactive_fn *run = NULL;
    enum wizard_start start = options->practice ? START_PRACTICE : START_CHOOSER;
    while (code == WIZARD_AGAIN) {
        enum wizard_start chosen = options->resume || start != START_CHOOSER ? start : welcome_run(&ui);
        if (chosen == START_QUIT) {
            code = EXIT_DONE;
            break;
        }
        void *symbol = run ? NULL : load_symbol(WIZARD_INTERACTIVE, &err);
        if (symbol) {
            memcpy(&run, &symbol, sizeof run);
        }
        code = run ? run(options, &ui, chosen) : EXIT_INTERNAL;
        start = START_CHOOSER;
    }
    ui_end(&ui);
    if (err_is_set(&err)) {
        code = err_report(&err, "cmc-wizard");
        err_release(&err);
    }
    return code;
}

/* --lang is for --help and complaints about other options as well, so it is looked for before they are read. */
static void speak_early(int argc, char **argv)
{
    static const char option[] = "--lang";
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], option, sizeof option - 1) == 0) {
            const char *rest = argv[i] + sizeof option - 1, *next = i + 1 < argc ? argv[i + 1] : "";
            const char *code = *rest == '=' ? rest + 1 : *rest == '\0' ? next : "";
            if (*code) {
                (void)i18n_switch(code); /* complained about later */
            }
        }
    }
}

/* Where nobody said a language: the one that the helpdesk wrote into the descriptions of its CAs, when there is a catalogue. */
static void speak_as_described(void)
{
    struct cadesc *list = NULL;
    size_t n = 0;
    struct err ignored = ERR_INIT;
    if (cadesc_list(&list, &n, NULL, &ignored)) {
        const char *language = cadesc_language(list, n);
        (void)(language && i18n_switch(language));
    }
    cadesc_list_free(list, n);
    err_release(&ignored);
}

int main(int argc, char **argv)
{
    struct wizard_options o = {.json_fd = -1};
    const char *lang = NULL;
    const struct opt table[] = {
        {OPT_STR, "answers", 'a', N_("FILE"), N_("Run unattended with the answers in this file."), &o.answers, NULL, 0,
         0},
        {OPT_STR, "resume", 'r', N_("ID"),
         N_("Continue this saved enrollment; with --answers: change its answers first."), &o.resume, NULL, 0, 0},
        {OPT_STR, "import-answer", 0, N_("FILE"),
         N_("With --resume: the CA's or the agent's answer to a request that was handed over."), &o.import_answer, NULL,
         0, 0},
        {OPT_FLAG, "list", 0, NULL, N_("List the saved enrollments."), &o.list, NULL, 0, 0},
        {OPT_STR, "delete", 0, N_("ID"),
         N_("Wipe this saved enrollment; its unused keys are removed, never one with a certificate. With --answers: passwords from there."),
         &o.delete_session,
         NULL, 0, 0},
        {OPT_STR, "support-bundle", 0, N_("FILE"),
         N_("Write what a helpdesk needs, without secrets, of --resume ID or the latest enrollment; - prints it."),
         &o.support_bundle, NULL, 0, 0},
        {OPT_FLAG, "mask-names", 0, NULL, N_("In a support bundle: replace names of people and servers."), &o.mask_names,
         NULL, 0, 0},
        {OPT_FLAG, "dry-run", 0, NULL, N_("Check everything and say what would happen; send and change nothing."),
         &o.dry_run, NULL, 0, 0},
        {OPT_FLAG, "print-answers", 0, NULL, N_("Print the answers of --resume ID as an answers file."),
         &o.print_answers, NULL, 0, 0},
        {OPT_FLAG, "practice", 0, NULL, N_("Use the practice CA on this computer; it is started when it does not run."),
         &o.practice, NULL, 0, 0},
        {OPT_FLAG, "plain", 0, NULL, N_("Ask line by line instead of full screen."), &o.plain, NULL, 0, 0},
        {OPT_FLAG, "accessible", 0, NULL, N_("Like --plain, for screen readers and braille."), &o.accessible, NULL, 0,
         0},
        {OPT_STR, "lang", 0, N_("CODE"),
         N_("Speak this language, as in: --lang de; F3 changes it while the program runs."), &lang, NULL, 0, 0},
        {OPT_FLAG, "ascii", 0, NULL, N_("Draw with ASCII characters only."), &o.ascii, NULL, 0, 0},
        {OPT_FLAG, "osc52", 0, NULL, N_("Let the copy view use the terminal's clipboard."), &o.osc52, NULL, 0, 0},
        {OPT_FLAG, "json", 0, NULL, N_("Unattended: print the result as JSON."), &o.json, NULL, 0, 0},
        {OPT_INT, "json-fd", 0, N_("N"), N_("Write events as JSON lines to this file descriptor."), &o.json_fd, NULL, 0,
         65535},
        {OPT_STR, "state-dir", 0, N_("DIR"),
         N_("Folder of saved enrollments (default: ~/.local/state/cmc-wizard/sessions)."), &o.state_dir, NULL, 0, 0},
    };
    const struct opt_usage usage = {
        "cmc-wizard", N_("[OPTION]..."),
        N_("Takes you through certificate enrollment with a CMC certificate authority (Dogtag PKI, Red Hat Certificate "
           "System)."),
        N_("Exit codes: 0 done, 1 internal or I/O error, 2 rejected by the CA, 3 CA unreachable, 4 usage or "
           "configuration, 5 waiting, 6 cancelled and saved, 7 answer not trusted.")};
    secret_harden_process();
    i18n_init();
    struct err err = ERR_INIT;
    int rest = 0;
    o.language_open = i18n_is_unsaid();
    speak_early(argc, argv);
    enum opt_result parsed = opt_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &err);
    if (parsed == OPT_OK && rest < argc) {
        err_fail(&err, ERR_USAGE, "%s", argv[rest]);
        parsed = OPT_BAD;
    }
    if (parsed == OPT_OK && lang && strcmp(i18n_language(), lang) != 0 && !i18n_switch(lang)) {
        err_fail(&err, ERR_UI_LANGUAGE, "%s (%s)", lang, i18n_available());
        parsed = OPT_BAD;
    }
    if (parsed != OPT_OK) {
        int code = parsed == OPT_BAD ? err_report(&err, "cmc-wizard") : EXIT_DONE;
        err_release(&err);
        return code;
    }
    o.language_open = o.language_open && !lang;
    bool batch = o.answers || o.list || o.delete_session || o.support_bundle ||
                 o.print_answers || o.dry_run || (o.resume && (o.json || o.import_answer));
    if (batch) {
        return unattended(&o);
    }
    if (o.language_open) {
        speak_as_described();
    }
    return interactive(&o);
}
