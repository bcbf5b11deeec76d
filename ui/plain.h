/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_PLAIN_H
#define CMCW_UI_PLAIN_H
/*
 * Line prompts: the same pages for screen readers, dumb and tiny terminals and pipes. Nothing is repainted, each line
 * is complete when printed, the cursor stands behind the prompt. Input that starts with ':' is a command (:back :next
 * :help :glossary :quit :list :clear :N for field N); "::" stands for one ':'. An empty line keeps the value in brackets. Widgets
 * call these when ui->mode is UI_PLAIN; end of input acts as save and leave.
 */
#include "ui/dialog.h"
#include "ui/form.h"
#include "ui/progress.h"

enum form_verb plain_form_run(struct ui *ui, const struct frame *frame, const struct page *page,
                              const struct form_ops *ops, void *ctx, struct form_result *result);
int plain_ask(struct ui *ui, const struct dialog *dialog);
void plain_view(struct ui *ui, const char *title, const char *text);
enum progress_verb plain_progress(struct ui *ui, const struct frame *frame, const char *headline,
                                  const struct progress_ops *ops, void *ctx);
/* Wrapped paragraphs on stdout, each line preceded by indent blanks. */
void plain_print(struct ui *ui, int indent, const char *text);
/* One line without its end, at most max octets; NULL at end of input or on a signal (ui->signal, ui->plain_eof). Caller
 * frees. */
char *plain_read_line(struct ui *ui, size_t max) MUST_CHECK;
#endif
