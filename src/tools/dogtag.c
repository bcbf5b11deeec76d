/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tools/dogtag.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "cfg/cfg.h"
#include "flow/secrets.h"
#include "nss/pem.h"

int dogtag_fail(const char *tool, struct err *err)
{
    fflush(stdout);
    int ignored = err_report(err, tool);
    (void)ignored; /* Dogtag's tools know 0 and 1 only */
    err_release(err);
    return 1;
}

void dogtag_print_octets(FILE *out, struct bytes octets)
{
    for (size_t i = 0; i < octets.len; i++) {
        fprintf(out, "%d ", octets.data[i] < 0x80 ? octets.data[i] : octets.data[i] - 0x100);
    }
    fputc('\n', out);
}

bool dogtag_print_base64(FILE *out, struct bytes octets)
{
    struct buf text = BUF_INIT(BUF_MAX_MESSAGE * 2);
    bool ok = base64_encode(octets, 76, true, &text);
    if (ok) {
        fwrite(text.data, 1, text.len, out);
    }
    buf_release(&text);
    return ok;
}

bool dogtag_pem(struct bytes der, const char *label, struct buf *out)
{
    return pem_encode(der, label, 76, true, out);
}

void dogtag_take_password(struct secrets *secrets, char *argument)
{
    dogtag_take_secret(secrets, "password", argument);
}

void dogtag_take_secret(struct secrets *secrets, const char *name, char *argument)
{
    struct secret password = SECRET_INIT;
    size_t len = strlen(argument);
    secret_set(&password, argument, len);
    secrets_set(secrets, name, &password);
    secret_release(&password);
    /* It stood in the process list until here; Dogtag's tools leave it there. */
    memset(argument, 'x', len);
}

bool dogtag_say_missing(const struct cfg *cfg, const struct dogtag_missing *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!cfg_has(cfg, (enum cfg_key_id)rows[i].key)) {
            printf("%s\n", rows[i].text);
            return true;
        }
    }
    return false;
}

void dogtag_usage(const char *tool, int dialect)
{
    printf("\nUsage: %s <configuration file>\nFor example, %s %s.cfg\n\n", tool, tool, tool);
    printf("The configuration file should look like as follows:\n\n");
    for (int i = 0; i < CFG_KEY_COUNT; i++) {
        const struct cfg_key *row = cfg_key((enum cfg_key_id)i);
        if ((row->dialects & (unsigned)dialect) && !(row->flags & CFG_F_ALIAS)) {
            printf("#%s: %s\n%s=%s\n\n", row->name, row->help, row->name, row->otherwise ? row->otherwise : "");
        }
    }
}
