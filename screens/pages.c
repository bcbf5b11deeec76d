/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <string.h>

#include "screens/app.h"

/* To add a page: its struct in a pages_*.c, a row here, its id in the pages of a scenario. */
static const struct app_page *const PAGES[] = {
    &PAGE_PURPOSE, &PAGE_SERVER, &PAGE_DATABASE, &PAGE_SUBJECT, &PAGE_KEY,    &PAGE_AGENT,
    &PAGE_OPEN,    &PAGE_REVIEW, &PAGE_YOU,      &PAGE_SECRET,  &PAGE_SIGNER, &PAGE_ENCRYPTION,
    &PAGE_RENEW,    &PAGE_DECISION, &PAGE_TARGET, &PAGE_REASON, &PAGE_REVOKER,
};

const struct app_page *app_page_find(const char *id)
{
    for (size_t i = 0; i < ARRAY_LEN(PAGES); i++) {
        if (strcmp(PAGES[i]->page->id, id) == 0) {
            return PAGES[i];
        }
    }
    return NULL;
}
