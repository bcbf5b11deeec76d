/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_SCREENS_WELCOME_H
#define CMCW_SCREENS_WELCOME_H
/* The first page: what do you want to do. */
#include "screens/wizard.h"

enum wizard_start welcome_run(struct ui *ui);
#endif
