/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/copyview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/plain.h"

#define OSC52_MAX 74000 /* terminals refuse longer ones */

/* The terminal's clipboard: ESC ] 52 ; c ; base64 BEL */
static void offer_clipboard(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = strlen(text);
    if (len > OSC52_MAX) {
        return;
    }
    fputs("\033]52;c;", stdout);
    for (size_t i = 0; i < len; i += 3) {
        unsigned v = (unsigned)(unsigned char)text[i] << 16;
        v |= i + 1 < len ? (unsigned)(unsigned char)text[i + 1] << 8 : 0;
        v |= i + 2 < len ? (unsigned)(unsigned char)text[i + 2] : 0;
        putchar(digits[v >> 18 & 63]);
        putchar(digits[v >> 12 & 63]);
        putchar(i + 1 < len ? digits[v >> 6 & 63] : '=');
        putchar(i + 2 < len ? digits[v & 63] : '=');
    }
    putchar('\a');
}

void copyview(struct ui *ui, const char *title, const char *text)
{
    ui_suspend(ui);
    printf("\n%s\n\n%s\n\n", title ? title : "", text);
    if (ui->osc52 && ui->mode == UI_SCREEN) {
        offer_clipboard(text);
    }
    if (ui->mode == UI_SCREEN) {
        fputs(_("Press Enter to go back. "), stdout);
        fflush(stdout);
        free(plain_read_line(ui, 64));
    }
    fflush(stdout);
    ui_resume(ui);
}
