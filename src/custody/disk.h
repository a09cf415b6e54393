/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CUSTODY_DISK_H
#define CUSTODY_DISK_H
/*
 * How full the disk of the journal is, how full it was, and when it will be: a sample an hour in core's
 * database, kept DISK_SAMPLES_KEPT, and a line through those of the last week. What retention deletes is in
 * the samples, so a journal that has reached its size makes a line that rises no more.
 */
#include "db/db.h"

/* As df counts them: what only root may use is not ours. */
struct disk_space {
	uint64_t total, used;
};

int disk_read(const char *path, struct disk_space *ret_space);
unsigned disk_percent(const struct disk_space *space); /* rounded up */

/* --- samples -------------------------------------------------------------------------------------------- */

extern const struct db_schema disk_schema;

#define DISK_SAMPLES_KEPT (400 * CLOCK_DAY)
#define DISK_FORECAST_SPAN (7 * CLOCK_DAY) /* what the forecast is made from, … */
#define DISK_FORECAST_LEAST CLOCK_DAY      /* … and what it takes for there to be one */

struct disk_sample {
	int64_t time;
	struct disk_space space;
	uint64_t journal; /* bytes of the journal's files */
};

/* The hour's sample: 1, or 0 where there is one already. Forgets those that are too old. */
int disk_sample_add(struct db_tx *tx, const struct disk_sample *sample);

/* The last of each span (µs) since that time, oldest first. Returns non-zero to stop. */
typedef int disk_sample_visit(void *context, const struct disk_sample *sample);
int disk_sample_list(struct db_tx *tx, int64_t since, int64_t span, disk_sample_visit *visit, void *context);

/* --- the forecast --------------------------------------------------------------------------------------- */

struct disk_forecast {
	int64_t span;     /* µs between the first and the last sample */
	double per_day;   /* bytes; below 0 where it empties */
	double days_left; /* until `limit` bytes are used; 0: they are; below 0: never at this pace */
};

/* The least squares' line through samples in order of time. False where they span too little. Pure. */
bool disk_forecast(const struct disk_sample *samples, size_t count, uint64_t limit,
		   struct disk_forecast *ret_forecast);

#endif
