/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "journal/reader_private.h"

/* A reader without a head has nothing to sleep on. */
#define HEADLESS_POLL (50 * CLOCK_MILLISECOND)

/* How often a segment may vanish from live/ between looking and opening, before it counts as gone. */
#define OPEN_TRIES 3

int journal_reader_open(const char *folder, const struct journal_key *key, uint64_t seq,
			struct journal_reader **ret_reader, struct err *ret_err)
{
	struct journal_reader *reader = calloc(1, sizeof(*reader));

	must(reader);
	reader->folder = strdup(folder);
	must(reader->folder);
	reader->next = seq ? seq : 1;
	reader->stop = UINT64_MAX;
	reader->keyed = key;
	if (key)
		reader->key = *key;
	if (strlen(folder) + sizeof("/" SEALED_FOLDER "/00000000000000000000.wls.new") > PATH_MAX) {
		journal_reader_close(reader);
		return err_set(ret_err, -ENAMETOOLONG, 0, 0, "%s: this name is too long", folder);
	}
	*ret_reader = reader;
	return 0;
}

void journal_reader_close(struct journal_reader *reader)
{
	if (!reader)
		return;
	reader_live_close(reader);
	reader_sealed_close(reader);
	journal_head_close(reader->head);
	free(reader->folder);
	explicit_bzero(reader, sizeof(*reader)); /* keys */
	free(reader);
}

void journal_reader_release(struct journal_reader *reader)
{
	if (reader->pending > 0)
		return; /* the record found while waiting is still to be returned */
	reader_live_release(reader);
	reader_sealed_release(reader);
}

int reader_load_mark(struct journal_reader *reader, struct journal_mark *ret_mark, struct err *ret_err)
{
	if (!reader->head) {
		int r = journal_head_open(reader->folder, false, &reader->head);

		if (r == -ENOENT || (r == ERR_CORRUPT && reader->head_told)) {
			*ret_mark = (struct journal_mark){.durable = UINT64_MAX};
			return 0;
		}
		reader->head_told = r == ERR_CORRUPT; /* no writer starts with it: read on as without one */
		if (r < 0)
			return err_set(ret_err, r, 0, 0, "%s/live/head: %s", reader->folder, err_text(r));
	}
	journal_head_load(reader->head, ret_mark);
	return 0;
}

int reader_report(struct journal_reader *reader, uint64_t last, const char *why, struct err *ret_err)
{
	uint64_t first = reader->next;

	reader->next = last + 1;
	return err_set(ret_err, ERR_CORRUPT, 0, 0, "%s: records %" PRIu64 " to %" PRIu64 " %s",
		       reader->folder, first, last, why);
}

int reader_denied(const struct journal_reader *reader, struct err *ret_err)
{
	return err_set(ret_err, ERR_DENIED, 0, 0,
		       reader->keyed
			       ? "%s: the journal is encrypted with another key than the one given; give "
				 "the key file or the passphrase it was written with"
			       : "%s: the journal is encrypted; give its key file or its passphrase",
		       reader->folder);
}

/* Which segment comes next. ERR_END where there is none. */
static int choose(struct journal_reader *reader, const struct journal_mark *mark,
		  struct archive_entry *ret_entry, struct err *ret_err)
{
	struct archive_around around;
	const struct archive_entry *entry;
	int r = archive_list_around(reader->folder, reader->passed ? reader->passed : reader->next, &around);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s: %s", reader->folder, err_text(r));
	if (!around.first.name)
		return journal_refuse_flat(reader->folder, ret_err) < 0 ? ERR_VERSION : ERR_END;
	if (!reader->passed && around.first.name > reader->next)
		reader->next = around.first.name; /* what was before is not kept any more */
	entry = reader->passed || !around.below.name ? &around.above : &around.below;
	if (!entry->name || entry->name > mark->durable)
		return ERR_END;
	*ret_entry = *entry;
	return 0;
}

/* Opens the segment to read after the current one, or the first. ERR_END where there is none. A damaged one
   is passed over; what was in it shows when the next one follows on more than was read. */
static int open_segment(struct journal_reader *reader, const struct journal_mark *mark, struct err *ret_err)
{
	struct archive_entry entry = {0};
	int r = -ENOENT;

	for (int i = 0; i < OPEN_TRIES && r == -ENOENT; i++) {
		r = choose(reader, mark, &entry, ret_err);
		if (r < 0)
			return r;
		r = entry.live ? reader_live_open(reader, entry.name, ret_err) : -ENOENT;
		if (entry.sealed && (r == -ENOENT || r == ERR_CORRUPT))
			r = reader_sealed_open(reader, entry.name, ret_err);
	}
	if (r == 0 || r == ERR_CORRUPT || r == -ENOENT)
		reader->passed = entry.name;
	return r == ERR_CORRUPT || r == -ENOENT ? 0 : r;
}

/* There is no further frame, though the head may say that there is something. */
static int at_end(struct journal_reader *reader, const struct journal_mark *mark, struct err *ret_err)
{
	if (!reader->head || reader->next > mark->durable || reader->next > reader->stop)
		return ERR_END;
	if (reader->segment && reader->segment->name == mark->segment && mark->end == 0)
		return ERR_END; /* the writer is just changing segments */
	return reader_report(reader, mark->durable, "are missing", ret_err);
}

/* Enters the next frame, or opens the next sealed segment. */
static int load(struct journal_reader *reader, struct err *ret_err)
{
	struct journal_mark mark = {0};
	int r = reader_load_mark(reader, &mark, ret_err);

	if (r < 0)
		return r;
	if (reader->next > mark.durable)
		return ERR_END;
	for (;;) {
		r = reader->segment ? reader_live_load(reader, &mark, ret_err) : ERR_END;
		if (r == -EAGAIN)
			continue;
		if (r == ERR_BUSY)
			return at_end(reader, &mark, ret_err);
		if (r != ERR_END)
			return r;
		r = open_segment(reader, &mark, ret_err);
		if (r == ERR_END)
			return at_end(reader, &mark, ret_err);
		if (r < 0 || reader->sealed)
			return r;
	}
}

static int next(struct journal_reader *reader, struct journal_record *ret_record, struct err *ret_err)
{
	struct journal_record record;
	int r;

	for (;;) {
		if (reader->next > reader->stop)
			return ERR_END;
		if (reader->sealed)
			r = reader_sealed_next(reader, &record, ret_err);
		else
			r = reader_live_next(reader, &record, ret_err);
		if (r == 0)
			*ret_record = record;
		if (r == ERR_BUSY)
			return ERR_END;
		if (r != ERR_END)
			return r;
		r = load(reader, ret_err);
		if (r < 0)
			return r;
	}
}

uint64_t journal_reader_leaf(const struct journal_reader *reader)
{
	return reader->leaf;
}

int journal_reader_next(struct journal_reader *reader, struct journal_record *ret_record, struct err *ret_err)
{
	int pending = reader->pending;

	reader->pending = 0;
	if (pending > 0) {
		*ret_record = reader->pending_record;
		return 0;
	}
	if (pending < 0 && ret_err)
		*ret_err = reader->pending_err;
	return pending < 0 ? pending : next(reader, ret_record, ret_err);
}

/* True where journal_reader_next() has something to say. */
static bool look(struct journal_reader *reader)
{
	int r;

	if (reader->pending)
		return true;
	reader->pending_err = (struct err){0};
	r = next(reader, &reader->pending_record, &reader->pending_err);
	if (r != ERR_END)
		reader->pending = r < 0 ? r : 1;
	return r != ERR_END;
}

static void sleep_for(int64_t time)
{
	struct timespec wait = {time / CLOCK_SECOND, time % CLOCK_SECOND * 1000};

	nanosleep(&wait, NULL);
}

bool journal_reader_wait(struct journal_reader *reader, int64_t timeout)
{
	int64_t deadline = clock_monotonic() + timeout;

	for (;;) {
		uint32_t ticket = reader->head ? journal_head_ticket(reader->head) : 0;
		int64_t left;

		if (look(reader))
			return true;
		left = deadline - clock_monotonic();
		if (left <= 0)
			return false;
		if (reader->head)
			journal_head_wait(reader->head, ticket, left);
		else
			sleep_for(left < HEADLESS_POLL ? left : HEADLESS_POLL);
	}
}
