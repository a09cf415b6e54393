/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/coverage_daily.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "coverage/text.h"
#include "bin/notice.h"
#include "coverage/statement.h"

#define PATIENCE (5 * CLOCK_SECOND)

struct gaps {
	struct buf text;
	size_t count;
};

static int add_gap(void *context, const struct gap *gap)
{
	struct gaps *gaps = context;

	if (gaps->count++ < DAILY_GAPS_MAX) {
		if (gaps->count > 1)
			buf_add_char(&gaps->text, ',');
		coverage_gap_json(&gaps->text, gap);
	}
	return 0;
}

static int say(const char *socket, const char day[11], const struct statement *statement,
	       const struct gaps *gaps)
{
	struct buf members = {0};
	char message[128];
	int r;

	snprintf(message, sizeof(message), "%s was %s for %zu sources", day,
		 statement->blind ? "not covered completely" : "covered completely", statement->talkers);
	buf_printf(&members, "\"day\":\"%s\",\"verdict\":\"%s\",\"sources\":%zu,\"gap_count\":%zu,\"gaps\":[",
		   day, statement->blind ? "blind" : "complete", statement->talkers, statement->gaps);
	buf_add_str(&members, buf_str(&gaps->text));
	buf_add_char(&members, ']');
	r = notice_platform(socket, "coverage.daily", statement->blind ? "warning" : "info", message,
			    buf_str(&members), PATIENCE);
	buf_done(&members);
	return r;
}

static int say_day(struct db *db, const char *socket, int64_t number, int64_t zone, int64_t now)
{
	int64_t from = number * CLOCK_DAY - zone;
	struct statement statement;
	struct gaps gaps = {0};
	char day[CLOCK_TEXT_SIZE];
	int r = statement_make(db, from, from + CLOCK_DAY, now, add_gap, &gaps, &statement);

	clock_format(number * CLOCK_DAY, day);
	day[10] = 0;
	if (r == 0)
		r = say(socket, day, &statement, &gaps);
	if (r == 0)
		r = ledger_add_day(db, number, statement.blind, now);
	if (r < 0)
		log_warning("the coverage of %s is not said yet: %s", day, err_text(r));
	buf_done(&gaps.text);
	return r;
}

void coverage_daily(struct db *db, const char *collect_socket, int64_t zone, int64_t now)
{
	int64_t began = 0, known = 0, next = -1, end, first;
	int r = ledger_known(db, &began, &known);

	if (r == 0)
		r = ledger_last_day(db, &next);
	if (r < 0 || !known)
		return;
	first = (began + zone) / CLOCK_DAY;
	next = next < first ? first : next + 1;
	end = (known + zone - DAILY_AFTER) / CLOCK_DAY; /* the day that runs */
	for (next = next < end - DAILY_DAYS_MAX ? end - DAILY_DAYS_MAX : next; next < end && r == 0; next++)
		r = say_day(db, collect_socket, next, zone, now);
}
