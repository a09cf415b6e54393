/* SPDX-License-Identifier: Apache-2.0 */
#include "query/profile.h"

#include <inttypes.h>

#include "query/kql.h"
#include "query/search.h"

#define NOWHERE "toFixedString('', 16)"
#define ASKED "greatest(source_bytes, http_request_bytes)" /* a web log has its own fields for them */
#define ANSWERED "greatest(destination_bytes, http_response_bytes)"
#define TEXT_OF(column) "replaceOne(IPv6NumToString(" column "), '::ffff:', '')"

static void add(struct sql_query *query, const char *text)
{
	buf_add_str(&query->sql, str_from(text));
}

/* --- the searches --------------------------------------------------------------------------------------- */

static void either(struct str text, struct buf *out)
{
	if (text.len)
		buf_printf(out, "%s%.*s", out->len ? " or " : "", STR_FMT(text));
}

void profile_peers_kql(const struct profile *profile, struct buf *out)
{
	struct buf any = {0};

	either(profile->sent, &any);
	either(profile->received, &any);
	if (any.len)
		buf_printf(out, "(%s) and source.ip: *", buf_cstr(&any));
	buf_done(&any);
}

void profile_traffic_kql(const struct profile *profile, struct buf *out)
{
	size_t begin = out->len;

	profile_peers_kql(profile, out);
	if (out->len > begin)
		buf_add_str(
			out,
			STR(" and (source.bytes > 0 or destination.bytes > 0 or http.response.bytes > 0)"));
}

void profile_ports_kql(const struct profile *profile, struct buf *out)
{
	if (profile->received.len)
		buf_printf(out, "(%.*s) and source.ip: *", STR_FMT(profile->received));
}

void profile_exposure_kql(const struct profile *profile, struct buf *out)
{
	profile_ports_kql(profile, out);
	if (profile->received.len && profile->inside.len)
		buf_printf(out, " and not (%.*s)", STR_FMT(profile->inside));
}

void profile_sources_kql(const struct profile *profile, struct buf *out)
{
	struct buf any = {0};

	either(profile->sent, &any);
	either(profile->received, &any);
	either(profile->named, &any);
	buf_add_str(out, buf_str(&any));
	buf_done(&any);
}

/* --- the questions -------------------------------------------------------------------------------------- */

/* " FROM events WHERE …" of the search that write_kql says. */
static int add_from(const struct profile *profile, void (*write_kql)(const struct profile *, struct buf *),
		    struct sql_query *query, struct err *ret_err)
{
	struct buf kql = {0};
	int r;

	add(query, " FROM events WHERE time >= ");
	sql_bind_integer(query, profile->from);
	add(query, " AND time < ");
	sql_bind_integer(query, profile->to);
	add(query, " AND ");
	write_kql(profile, &kql);
	r = kql_compile(buf_str(&kql), profile->now, query, ret_err);
	buf_done(&kql);
	return r;
}

/* "(condition)", or what is never so. */
static int add_is(const struct profile *profile, struct str kql, struct sql_query *query, struct err *ret_err)
{
	if (!kql.len) {
		add(query, "0");
		return 0;
	}
	return kql_compile(kql, profile->now, query, ret_err);
}

static void add_end(struct sql_query *query, const char *by, const char *order, unsigned limit)
{
	buf_printf(&query->sql, " GROUP BY %s ORDER BY %s LIMIT %u", by, order, limit);
}

int profile_traffic(const struct profile *profile, int64_t width, struct sql_query *query,
		    struct err *ret_err)
{
	int r;

	add(query, "SELECT intDiv(time - ");
	sql_bind_integer(query, search_bucket_start(profile->from, width));
	buf_printf(&query->sql, ", %" PRId64 ") AS bucket, event_dataset AS dataset, sum(if(", width);
	r = add_is(profile, profile->sent, query, ret_err);
	add(query, ", " ASKED ", " ANSWERED ")) AS sent, sum(" ASKED " + " ANSWERED
		   ") - sent AS received, count() AS events");
	if (r == 0)
		r = add_from(profile, profile_traffic_kql, query, ret_err);
	if (r == 0)
		add_end(query, "bucket, dataset", "bucket, dataset", PROFILE_BUCKETS_MAX);
	return r;
}

int profile_peers(const struct profile *profile, struct sql_query *query, struct err *ret_err)
{
	int r;

	add(query,
	    "SELECT " TEXT_OF("far") " AS address, max(name) AS asset, max(land) AS country, sum(size) AS "
				     "bytes, count() AS events, min(time) AS first, max(time) AS last FROM "
				     "(SELECT time, " ASKED " + " ANSWERED " AS size, ");
	r = add_is(profile, profile->sent, query, ret_err);
	add(query, " AS out, if(out, destination_ip, source_ip) AS far, CAST(if(out, destination_asset_name, "
		   "source_asset_name) AS String) AS name, CAST(if(out, destination_geo_country_iso_code, "
		   "source_geo_country_iso_code) AS String) AS land");
	if (r == 0)
		r = add_from(profile, profile_peers_kql, query, ret_err);
	add(query, ") WHERE far != " NOWHERE);
	if (r == 0)
		add_end(query, "far", "events DESC, address", PROFILE_ROWS_MAX);
	return r;
}

int profile_ports(const struct profile *profile, struct sql_query *query, struct err *ret_err)
{
	int r;

	add(query,
	    "SELECT destination_port AS port, CAST(network_transport AS String) AS transport, count() AS "
	    "events, uniq(source_ip) AS peers, max(time) AS last");
	r = add_from(profile, profile_ports_kql, query, ret_err);
	if (r == 0)
		add_end(query, "port, transport", "events DESC, port", PROFILE_ROWS_MAX);
	return r;
}

int profile_exposure(const struct profile *profile, struct sql_query *query, struct err *ret_err)
{
	int r;

	buf_printf(
		&query->sql,
		"SELECT destination_port AS port, CAST(network_transport AS String) AS transport, count() AS "
		"events, countIf(event_outcome = 'failure' OR event_type = 'denied') AS refused, "
		"uniq(source_ip) AS peers, min(time) AS first, max(time) AS last, "
		"groupUniqArray(%d)(CAST(event_dataset AS String)) AS datasets",
		PROFILE_DATASETS_MAX);
	r = add_from(profile, profile_exposure_kql, query, ret_err);
	if (r == 0)
		add_end(query, "port, transport", "events DESC, port", PROFILE_ROWS_MAX);
	return r;
}

int profile_sources(const struct profile *profile, struct sql_query *query, struct err *ret_err)
{
	int r;

	add(query,
	    "SELECT CAST(event_dataset AS String) AS dataset, CAST(observer_name AS String) AS observer, "
	    "count() AS events, sum(");
	r = add_is(profile, profile->named, query, ret_err);
	add(query, ") AS own, max(time) AS last");
	if (r == 0)
		r = add_from(profile, profile_sources_kql, query, ret_err);
	if (r == 0)
		add_end(query, "dataset, observer", "last DESC, dataset", PROFILE_SOURCES_MAX);
	return r;
}
