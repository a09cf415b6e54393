/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "query/who_private.h"

/* A renewal that comes so much late is one: the server's clock and the collector's differ. */
#define LEASE_SLACK CLOCK_MINUTE

/* EXAMPLE\li.na, li.na@example.edu.cn */
static struct str bare_user(struct str user)
{
	size_t slash = str_find_char(user, '\\');

	if (slash != STR_NOT_FOUND)
		user = str_from_offset(user, slash + 1);
	return str_head(user, str_find_char(user, '@'));
}

bool who_same_user(struct str a, struct str b)
{
	return str_ieq(bare_user(a), bare_user(b));
}

bool who_same_host(struct str a, struct str b)
{
	return str_ieq(str_head(a, str_find_char(a, '.')), str_head(b, str_find_char(b, '.')));
}

static bool is_another(const struct who_span *span, const struct who_row *row)
{
	bool macs = span->mac.len && row->mac.len, users = span->user.len && row->user.len;

	if ((macs && !str_ieq(span->mac, row->mac)) || (users && !who_same_user(span->user, row->user)))
		return true;
	return !macs && !users && span->host.len && row->host.len && !who_same_host(span->host, row->host);
}

static void add_evidence(struct who_span *span, const struct who_row *row)
{
	span->seen = row->time;
	span->dataset = row->dataset;
	span->observer = row->observer;
	memcpy(span->observer_ip, row->observer_ip, 16);
	span->records++;
	if (span->evidence_count < WHO_EVIDENCE_MAX)
		span->evidence_count++;
	span->evidence[span->evidence_count - 1] = row->seq;
}

static struct who_span *begin(struct who_spans *spans, const struct who_row *row, int64_t from)
{
	struct who_span *span = vec_add_zero(spans);

	span->from = from;
	memcpy(span->address, row->address, 16);
	memcpy(span->outside, row->nat_address, 16);
	span->outside_port = row->nat_port;
	span->outside_port_last = row->nat_port_last;
	span->port = row->port;
	return span;
}

static void finish(struct who_span *span, enum who_end end, int64_t until)
{
	span->end = end;
	span->until = until;
}

/* --- of an address ------------------------------------------------------------------------------------- */

static void extend(struct who_span *span, const struct who_row *row)
{
	if (row->mac.len)
		span->mac = row->mac;
	if (row->user.len)
		span->user = row->user;
	if (row->host.len)
		span->host = row->host;
	if (row->until <= row->time)
		span->endless = true;
	else if (row->until > span->until)
		span->until = row->until;
	add_evidence(span, row);
}

/* The lease that was over before this time; 0: none was. */
static int64_t expired(const struct who_span *span, int64_t time)
{
	return !span->endless && span->until && span->until < time - LEASE_SLACK ? span->until : 0;
}

/* The session may have begun before it was first heard of, but not while the holder before had the address.
 */
static int64_t start_of(const struct who_spans *spans, const struct who_row *row, int64_t otherwise)
{
	int64_t from = row->began > 0 && row->began <= row->time ? row->began : otherwise;
	const struct who_span *last = spans->len && spans->items ? &spans->items[spans->len - 1] : NULL;

	return last && from < last->until ? last->until : from;
}

static struct who_span *assigned(struct who_spans *spans, struct who_span *open, const struct who_row *row,
				 int64_t otherwise)
{
	if (open && is_another(open, row)) {
		finish(open, WHO_REASSIGNED, row->time);
		open = NULL;
	}
	if (!open)
		open = begin(spans, row, start_of(spans, row, otherwise));
	extend(open, row);
	return open;
}

static void given_back(struct who_spans *spans, struct who_span *open, const struct who_row *row)
{
	struct who_span *last = spans->len ? &spans->items[spans->len - 1] : NULL;

	if (!open && last && !is_another(last, row)) { /* the server's word that the lease is over */
		add_evidence(last, row);
		return;
	}
	if (!open)
		open = begin(spans, row, start_of(spans, row, 0));
	extend(open, row);
	finish(open, WHO_RELEASED, row->time);
}

void who_spans_of_address(const struct who_row *rows, size_t count, bool cut, int64_t now,
			  struct who_spans *spans)
{
	struct who_span *open = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct who_row *row = &rows[i];
		int64_t over = open ? expired(open, row->time) : 0;

		if (over) {
			finish(open, WHO_LEASE, over);
			open = NULL;
		}
		if (row->action == WHO_ASSIGNED) {
			open = assigned(spans, open, row, i == 0 && cut ? 0 : row->time);
		} else if (row->action == WHO_GIVEN_BACK && (!open || !is_another(open, row))) {
			given_back(spans, open, row);
			open = NULL;
		}
	}
	if (!open)
		return;
	if (open->endless)
		open->until = 0;
	else if (expired(open, now))
		open->end = WHO_LEASE;
}

/* --- of a translated port ------------------------------------------------------------------------------- */

static struct who_span *find_mapping(struct who_spans *spans, const struct who_row *row)
{
	for (size_t i = spans->len; i--;) {
		struct who_span *span = &spans->items[i];

		if (span->end == WHO_OPEN && memcmp(span->address, row->address, 16) == 0 &&
		    (!span->port || !row->port || span->port == row->port))
			return span;
	}
	return NULL;
}

/* The same port may serve two at once towards different destinations: the older mapping ends with its own
   record where there is one, else when the next begins. */
static void replace_mappings(struct who_spans *spans, int64_t time)
{
	for (size_t i = 0; i < spans->len; i++)
		if (spans->items[i].end == WHO_OPEN && !spans->items[i].replaced)
			spans->items[i].replaced = time;
}

static int64_t began_at(const struct who_row *row, int64_t otherwise)
{
	return row->began > 0 && row->began <= row->time ? row->began : otherwise;
}

void who_spans_of_nat(const struct who_row *rows, size_t count, struct who_spans *spans)
{
	for (size_t i = 0; i < count; i++) {
		const struct who_row *row = &rows[i];
		struct who_span *span = find_mapping(spans, row);

		if (row->action == WHO_NAT_CREATED && !span) {
			replace_mappings(spans, row->time);
			span = begin(spans, row, began_at(row, row->time));
		} else if (row->action == WHO_NAT_DELETED && !span) {
			span = begin(spans, row, began_at(row, 0));
		}
		if (!span)
			continue;
		if (row->user.len)
			span->user = row->user;
		add_evidence(span, row);
		if (row->action == WHO_NAT_DELETED)
			finish(span, WHO_RELEASED, row->time);
		else if (row->until > row->time)
			finish(span, WHO_RELEASED, row->until); /* told when it was over already */
	}
	for (size_t i = 0; i < spans->len; i++)
		if (spans->items[i].end == WHO_OPEN && spans->items[i].replaced)
			finish(&spans->items[i], WHO_REASSIGNED, spans->items[i].replaced);
}

bool who_span_holds(const struct who_span *span, int64_t from, int64_t to)
{
	return span->from <= to && ((span->end == WHO_OPEN) || span->until > from);
}
