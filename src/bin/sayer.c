/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/sayer.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "bin/notice.h"
#include "bin/record_link.h"

#define PATIENCE (5 * CLOCK_SECOND)
#define MESSAGE_MAX 512

struct waiting {
	const char *event, *level; /* static */
	char message[MESSAGE_MAX];
	struct buf members;
};

struct sayer {
	const char *socket;
	struct waiting waiting[SAYER_WAITING_MAX];
	size_t count;
};

struct sayer *sayer_new(const char *socket)
{
	struct sayer *sayer = calloc(1, sizeof(*sayer));

	must(sayer);
	sayer->socket = socket;
	return sayer;
}

static void drop_first(struct sayer *sayer)
{
	buf_done(&sayer->waiting[0].members);
	sayer->count--;
	memmove(&sayer->waiting[0], &sayer->waiting[1], sayer->count * sizeof(sayer->waiting[0]));
}

void sayer_free(struct sayer *sayer)
{
	if (!sayer)
		return;
	while (sayer->count)
		drop_first(sayer);
	free(sayer);
}

int sayer_retry(struct sayer *sayer)
{
	int r = 0;

	while (sayer->count && r == 0) {
		const struct waiting *first = &sayer->waiting[0];

		r = notice_platform(sayer->socket, first->event, first->level, first->message,
				    buf_str(&first->members), PATIENCE);
		if (r == 0)
			drop_first(sayer);
	}
	return r;
}

int sayer_say(struct sayer *sayer, const char *event, const char *level, struct str members, const char *fmt,
	      ...)
{
	struct waiting *waiting;
	va_list args;

	if (sayer->count == SAYER_WAITING_MAX) {
		log_warning("too many notices wait; forgotten: %s", sayer->waiting[0].message);
		drop_first(sayer);
	}
	waiting = &sayer->waiting[sayer->count++];
	*waiting = (struct waiting){.event = event, .level = level};
	va_start(args, fmt);
	vsnprintf(waiting->message, sizeof(waiting->message), fmt, args);
	va_end(args);
	buf_add_str(&waiting->members, members);
	if (strcmp(level, "info") == 0)
		log_info("%s", waiting->message);
	else
		log_warning("%s", waiting->message);
	return sayer_retry(sayer);
}

bool sayer_reaches(const struct sayer *sayer)
{
	struct record_link *link;

	if (record_link_open_within(sayer->socket, CLOCK_SECOND, &link) < 0)
		return false;
	record_link_close(link);
	return true;
}
