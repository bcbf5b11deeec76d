/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_COPYVIEW_H
#define CMCW_UI_COPYVIEW_H
/* Leaves the full screen, prints a value unwrapped and without borders so that it can be selected with the mouse, waits
 * for Enter, returns. With ui->osc52 the value is also put on the terminal's clipboard (never a secret). text has been
 * made visible by the caller; newlines in it are kept. */
#include "ui/ui.h"

void copyview(struct ui *ui, const char *title, const char *text);
#endif
