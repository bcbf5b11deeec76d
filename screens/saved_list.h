/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_SCREENS_SAVED_LIST_H
#define CMCW_SCREENS_SAVED_LIST_H
/* The page that lists saved enrollments. Its context is struct saved_list; zero it before the first use. */
#include "screens/app.h"

#define SAVED_FILTER_FROM 5 /* fewer need no filter */

struct saved_list {
    struct session_info *v; /* newest first */
    size_t n;
    char filter[16];  /* a state, "all" or "" */
    char chosen[256]; /* id */
};
enum { SAVED_DELETE = ACTION_USER };

bool saved_list_read(struct saved_list *l, const char *state_dir, struct err *err) MUST_CHECK;
/* Id of the row that is shown there: under the cursor, picked or not; damaged ones cannot be picked. Lends; "" = there is none. */
const char *saved_list_at(const struct saved_list *l, size_t row);
void saved_list_release(struct saved_list *l);
extern const struct form_ops saved_list_ops;
extern const struct page saved_list_page;
#endif
