/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_SCREENS_EVENTS_H
#define CMCW_SCREENS_EVENTS_H
/* --json-fd: what happens, one JSON line each, versioned; from the full screen, line prompts and unattended runs alike. */
#include "base/json.h"
#include "flow/failure.h"
#include "flow/run.h"
#include "screens/wizard.h"

/* {"version":1,"event":NAME,"time":...}; the caller adds to it and sends it. */
struct json *event_new(const char *name) MUST_CHECK;
/* Takes the event. Without --json-fd nothing is sent; a reader that went away does not end the enrollment. */
void event_send(const struct wizard_options *options, struct json *event);
/* The run's steps from now on; options live as long as the run. */
void events_follow(struct run *run, const struct wizard_options *options);
/* "error" with everything that the failure page says, and "result". */
void event_send_failure(const struct wizard_options *options, const struct failure *failure);
void event_send_result(const struct wizard_options *options, struct run *run);
#endif
