/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_SCREENS_FAILPAGE_H
#define CMCW_SCREENS_FAILPAGE_H
/* The page of a failure, and the support bundle that can be made there. */
#include "screens/app.h"

/* Says everything of flow/failure.h; the card and the support bundle are a key away. headline: translated, or NULL for the error's
 * own sentence. extra: one more paragraph, or NULL. Does not release err. */
void fail_page(struct app *app, const char *headline, const struct err *err, const char *extra);
/* The event alone, for what has a page of its own. */
void fail_tell(struct app *app, const struct err *err);
/* Preview, then a file. */
void bundle_page(struct app *app);
#endif
