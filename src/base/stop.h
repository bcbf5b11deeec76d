/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_BASE_STOP_H
#define CMCW_BASE_STOP_H
/*
 * TERM, INT and HUP for a program that asks nothing: they end its work at the next safe place instead of the process. They stay
 * pending, so nothing global is needed, and a password that is asked for meanwhile (secret_prompt_tty) ends as well.
 */
#include <stdbool.h>

/* From now on, for this thread and those that it makes. */
void stop_block(void);
/* One of them has come. */
bool stop_is_wanted(void);
#endif
