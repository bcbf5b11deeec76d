/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_SCREENS_WIZARD_H
#define CMCW_SCREENS_WIZARD_H
/*
 * The seam between the program cmc-wizard and its module wizard.so. The program is small (curses, the base layer, flow/cadesc.h) so
 * that the first page is there at once; the module holds pages, flow and engine with NSS and libcurl, and is loaded when it is first
 * needed.
 */
#include "base/opt.h"
#include "ui/ui.h"

/* What the command line said. Strings lend from argv. */
struct wizard_options {
    const char *answers, *resume, *import_answer, *delete_session, *state_dir, *support_bundle;
    long json_fd; /* -1 = none */
    bool plain, ascii, accessible, dry_run, print_answers, practice, list, json, osc52, mask_names;
    bool language_open; /* neither the environment nor --lang says a language: the CA's description may */
};

/* What the first page chose. */
enum wizard_start { START_CHOOSER, START_NEW, START_CONTINUE, START_PRACTICE, START_REVOKE, START_HELPDESK, START_EXPIRY, START_QUIT };

/* The module's entry points, found by name. ui is NULL for an unattended run. Both return an exit code; WIZARD_AGAIN asks for the
 * first page once more. */
#define WIZARD_AGAIN (-1)
#define WIZARD_MODULE "wizard.so"
#define WIZARD_INTERACTIVE "wizard_interactive"
#define WIZARD_UNATTENDED "wizard_unattended"
typedef int wizard_interactive_fn(const struct wizard_options *options, struct ui *ui, enum wizard_start start);
typedef int wizard_unattended_fn(const struct wizard_options *options);
int wizard_interactive(const struct wizard_options *options, struct ui *ui, enum wizard_start start);
int wizard_unattended(const struct wizard_options *options);
#endif
