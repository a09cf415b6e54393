/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_PIPELINE_STATE_H
#define BIN_PIPELINE_STATE_H
/*
 * How the pipeline is doing, read from what its processes leave on disk: the
 * supervisor's DATA/run/processes.json and analyze's cursor. For the console's
 * health page and 'wanglou status'. Any thread.
 */
#include "web/web.h"

struct pipeline_state;

/* The paths are kept. */
struct pipeline_state *pipeline_state_new(const char *processes, const char *cursor);
void pipeline_state_free(struct pipeline_state *state);

/* A web_pipeline_fn; the rate is that of the last ten seconds or so between calls. */
void pipeline_state_read(void *state, struct web_pipeline *ret_pipeline);

#endif
