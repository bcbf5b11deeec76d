/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "screens/events.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/when.h"

struct json *event_new(const char *name)
{
    struct json *event = json_new_object();
    char *now = when_rfc3339(when_now());
    json_set_num(event, "version", 1);
    json_set_str(event, "event", name);
    json_set_str(event, "time", now);
    free(now);
    return event;
}

void event_send(const struct wizard_options *options, struct json *event)
{
    char *text = json_print(event, false);
    char *line = xasprintf("%s\n", text);
    ssize_t sent = options->json_fd >= 0 ? write((int)options->json_fd, line, strlen(line)) : 0;
    (void)sent;
    free(line);
    free(text);
    json_free(event);
}

static void listen_run(void *ctx, const struct run_event *e)
{
    struct json *event = event_new(e->event);
    json_set_str(event, "step", e->step->name);
    json_set_str(event, "text", e->text);
    event_send(ctx, event);
}

void events_follow(struct run *run, const struct wizard_options *options)
{
    if (options->json_fd >= 0) {
        run_listen(run, listen_run, (void *)(uintptr_t)options); /* only read */
    }
}

void event_send_failure(const struct wizard_options *options, const struct failure *failure)
{
    struct json *event = event_new("error"), *said = failure_json(failure);
    for (const struct json *member = json_first(said); member; member = json_next(member)) {
        json_set_take(event, json_key(member), json_dup(member));
    }
    json_free(said);
    event_send(options, event);
}

void event_send_result(const struct wizard_options *options, struct run *run)
{
    struct json *event = event_new("result");
    json_set_take(event, "result", run_result_json(run));
    event_send(options, event);
}
