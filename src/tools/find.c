/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tools/find.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/serial.h"

bool find_date(const char *text, int64_t *out, struct err *err)
{
    char *whole = xasprintf("%sT00:00:00Z", text);
    bool ok = strlen(text) == 10 && when_parse_rfc3339(whole, out);
    free(whole);
    if (ok) {
        return true;
    }
    char *shown = text_visible_str(text);
    err_fail(err, ERR_USAGE, _("%s is not a date like 2026-11-20."), shown);
    free(shown);
    return false;
}

/* Both spellings as octets without leading zeros. */
static bool same_serial(const char *asked, const struct cert *cert)
{
    struct buf wanted = BUF_INIT(64);
    bool same = false;
    if (serial_parse(asked, &wanted, NULL)) {
        char *a = bytes_hex(buf_peek(&wanted)), *b = bytes_hex(cert_serial(cert));
        same = strcmp(a + strspn(a, "0"), b + strspn(b, "0")) == 0;
        free(a);
        free(b);
    }
    buf_release(&wanted);
    return same;
}

bool find_fetch(struct carest *rest, const char *serial, struct ca_cert *out, struct err *err)
{
    if (!carest_start(rest, CAREST_CERT, serial, err) || !carest_finish(rest, err) ||
        !carest_take_cert(rest, out, err)) {
        return false;
    }
    if (out->chain.n && same_serial(serial, out->chain.v[0])) {
        return true;
    }
    ca_cert_release(out);
    return err_fail(err, ERR_NET_REST_SHAPE, "%s",
                    _("The server sent another certificate than the one that was asked for."));
}
