/* SPDX-License-Identifier: Apache-2.0 */
#include "custody/disk.h"

#include <errno.h>
#include <sys/statvfs.h>

#include "base/clock.h"

int disk_read(const char *path, struct disk_space *ret_space)
{
	struct statvfs status;

	if (statvfs(path, &status) < 0)
		return -errno;
	ret_space->used = (uint64_t)(status.f_blocks - status.f_bfree) * status.f_frsize;
	ret_space->total = ret_space->used + (uint64_t)status.f_bavail * status.f_frsize;
	return 0;
}

unsigned disk_percent(const struct disk_space *space)
{
	uint64_t part = space->total / 100;

	return part ? (unsigned)((space->used + part - 1) / part) : 0;
}

/* --- samples -------------------------------------------------------------------------------------------- */

/* hour: since 1970; time: µs; the rest bytes. */
static const char table[] = "CREATE TABLE disk_samples ("
			    "  hour INTEGER PRIMARY KEY, time INTEGER NOT NULL, total INTEGER NOT NULL,"
			    "  used INTEGER NOT NULL, journal INTEGER NOT NULL"
			    ") STRICT;";

static const char *const steps[] = {table};

const struct db_schema disk_schema = {"disk", steps, sizeof(steps) / sizeof(steps[0])};

int disk_sample_add(struct db_tx *tx, const struct disk_sample *sample)
{
	int r = db_run(
		tx,
		"INSERT INTO disk_samples (hour, time, total, used, journal) VALUES (?1, ?2, ?3, ?4, ?5)"
		" ON CONFLICT (hour) DO NOTHING",
		DB_ARGS(db_integer(sample->time / CLOCK_HOUR), db_integer(sample->time),
			db_integer((int64_t)sample->space.total), db_integer((int64_t)sample->space.used),
			db_integer((int64_t)sample->journal)));
	int pruned = r < 0 ? r
			   : db_run(tx, "DELETE FROM disk_samples WHERE hour < ?1",
				    DB_ARGS(db_integer((sample->time - DISK_SAMPLES_KEPT) / CLOCK_HOUR)));

	return pruned < 0 ? pruned : r;
}

int disk_sample_list(struct db_tx *tx, int64_t since, int64_t span, disk_sample_visit *visit, void *context)
{
	/* SQLite takes the other columns from the row of the maximum. */
	struct db_rows *rows = db_query(tx,
					"SELECT max(time), total, used, journal FROM disk_samples"
					" WHERE hour >= ?1 GROUP BY time / ?2 ORDER BY 1",
					DB_ARGS(db_integer(since / CLOCK_HOUR), db_integer(span)));
	int r;

	while ((r = db_next(rows)) > 0) {
		const struct disk_sample sample = {
			.time = db_column_integer(rows, 0),
			.space.total = (uint64_t)db_column_integer(rows, 1),
			.space.used = (uint64_t)db_column_integer(rows, 2),
			.journal = (uint64_t)db_column_integer(rows, 3),
		};

		if ((r = visit(context, &sample)) != 0)
			return r;
	}
	return r;
}

/* --- the forecast --------------------------------------------------------------------------------------- */

bool disk_forecast(const struct disk_sample *samples, size_t count, uint64_t limit,
		   struct disk_forecast *ret_forecast)
{
	double days = 0, bytes = 0, products = 0, squares = 0, room;
	struct disk_forecast forecast = {.days_left = -1};

	if (count < 2 || samples[count - 1].time - samples[0].time < DISK_FORECAST_LEAST)
		return false;
	forecast.span = samples[count - 1].time - samples[0].time;
	for (size_t i = 0; i < count; i++) {
		days += (double)(samples[i].time - samples[0].time) / CLOCK_DAY / (double)count;
		bytes += (double)samples[i].space.used / (double)count;
	}
	for (size_t i = 0; i < count; i++) {
		double x = (double)(samples[i].time - samples[0].time) / CLOCK_DAY - days;

		products += x * ((double)samples[i].space.used - bytes);
		squares += x * x;
	}
	forecast.per_day = products / squares;
	room = (double)limit - (double)samples[count - 1].space.used;
	if (room <= 0)
		forecast.days_left = 0;
	else if (forecast.per_day > 0)
		forecast.days_left = room / forecast.per_day;
	*ret_forecast = forecast;
	return true;
}
